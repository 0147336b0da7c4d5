"""What API v3 alone has: organisations, approvals, limits, ACUs, and no idempotency at all."""

from __future__ import annotations

import json

import pytest

from simulator import DEFAULT_ORG, Answer, Principal, Reset, Step, Timeline
from tests.scenarios.page import show
from tests.scenarios.world import (
    BAD,
    CREATE,
    DETAILS,
    GOOD,
    LIST,
    MESSAGE,
    Gate,
    blocked,
    working,
)

pytestmark = pytest.mark.only_on("v3", reason="v1 has nothing of the kind")
APPROVAL = Step(60, status_v3="running/waiting_for_approval", structured_output=GOOD)
URL = "https://github.com/octo/shop/pull/{}"


def test_the_organisation_of_the_key_is_found_out(gate: Gate) -> None:
    """A key of one organisation needs no `devin_org_id`; Devin is asked once, after a fault too."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.sim.devin.inject("GET", "self", Answer(502), times=2)
    run = gate.run(devin_org_id="")
    assert run.outcome == "passed"
    assert len(run.asked("self")) == 3


def test_a_key_of_an_enterprise_is_told_where_the_id_is(gate: Gate) -> None:
    """Nothing is spent on a guess: the error names the input and the place in Devin."""
    gate.sim.devin.add_key("cog_everywhere", Principal("e@example.com", org_id=None))
    run = gate.run(devin_api_key="cog_everywhere", devin_org_id="")
    assert (run.exit_code, run.outcome, run.asked(CREATE)) == (2, "error", [])
    assert "`devin_org_id` is empty" in run.outputs["reason"]
    assert "Settings, Organization" in show(run.summary).text
    gate.devin_does(working(), blocked(60, GOOD))
    again = gate.run(devin_api_key="cog_everywhere", devin_org_id=DEFAULT_ORG)
    assert again.outcome == "passed"


def test_the_wrong_organisation_is_explained(gate: Gate) -> None:
    """A 403 says that the key is mostly another organisation's."""
    run = gate.run(devin_org_id="org-of-somebody-else")
    assert (run.exit_code, run.outcome, len(run.devin)) == (2, "error", 1)
    assert "Missing required permission" in run.outputs["reason"]
    assert "Where devin_org_id is set, the key is mostly of another" in show(run.summary).text


def test_a_key_of_v3_that_is_not_valid_is_red(gate: Gate) -> None:
    """The remedy names the version's keys and where they are made."""
    run = gate.run(devin_api_key="cog_unknown")
    assert (run.exit_code, run.outcome) == (2, "error")
    assert "Service users" in show(run.summary).text


def test_a_dedicated_host_has_the_api_below_a_path(gate: Gate) -> None:
    """`https://<tenant>.devinenterprise.com/api` is written as it is; a version is added."""
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(devin_api_url=f"{gate.sim.devin.url}/api/")
    assert run.outcome == "passed"
    assert {seen.path.startswith("/api/v3/") for seen in run.devin} == {True}


def test_an_approval_is_asked_for(gate: Gate) -> None:
    """A safe-mode organisation parks without an error; what stands in the notepad is no answer."""
    gate.devin_does(working(), APPROVAL)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (1, "needs_approval")
    assert run.outputs["conclusion"] == "action_required"
    assert show(run.comments[0]).headings[0] == "✋ Devin is waiting for an approval"


def test_an_approval_can_be_waited_for(gate: Gate) -> None:
    """`on_blocked: wait` goes on until a person has approved."""
    gate.devin_does(working(), APPROVAL, working(600), blocked(900, GOOD))
    assert gate.run(on_blocked="wait").outcome == "passed"


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("usage_limit_exceeded", "max_acu_limit"),
        ("out_of_credits", "Add credits"),
        ("payment_declined", "payment method"),
        ("contract_expired", "Renew"),
        ("total_session_limit_exceeded", "End other sessions"),
    ],
)
@pytest.mark.parametrize("output", [None, GOOD])
def test_a_limit_is_told_with_what_to_do(
    gate: Gate, detail: str, said: str, output: object
) -> None:
    """A session that ran into a limit is red whatever it holds, and a person reads the way out."""
    end = Step(60, status_v3=f"suspended/{detail}", structured_output=output)
    gate.devin_does(working(), end)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (1, "limit_reached")
    assert run.outputs["status"] == f"suspended/{detail}"
    assert said in show(run.summary).text
    assert gate.sim.devin.sessions[0].delivered == []


def test_sleep_after_a_finished_turn_is_no_end_of_its_own(gate: Gate) -> None:
    """`suspended/inactivity` with a valid output is a success."""
    gate.devin_does(working(), Step(60, status_v3="suspended/inactivity", structured_output=GOOD))
    assert gate.run().outcome == "passed"


@pytest.mark.parametrize("detail", ["error", "user_request", "out_of_credits"])
def test_an_exit_that_was_no_finish_is_red(gate: Gate, detail: str) -> None:
    """What stood in the notepad when an error, a person or a limit ended the turn is no answer."""
    gate.devin_does(working(), Step(60, status_v3=f"exit/{detail}", structured_output=GOOD))
    assert gate.run().exit_code == 1


def test_a_new_detail_goes_on_while_it_runs(gate: Gate) -> None:
    """A word that nobody knows is never an end, whatever the output is."""
    gate.devin_does(working(), Step(60, status_v3="running/dreaming", structured_output=GOOD))
    assert gate.run(timeout_minutes="5").outcome == "timed_out"


def test_a_lost_create_is_never_sent_blindly(gate: Gate) -> None:
    """Of a create whose answer is lost there is one; the session is found by its tag, late too."""
    gate.devin_does(working(), blocked(200, GOOD))
    gate.sim.devin.list_lag_s = 45.0
    gate.sim.devin.inject("POST", CREATE, Reset(), after_commit=True)
    run = gate.run(on_cancel="terminate")
    assert (run.outcome, len(run.asked(CREATE))) == ("passed", 1)
    assert run.outputs["is_new_session"] == ""


def test_two_runs_at_once_end_with_one_session(gate: Gate) -> None:
    """Where nothing but the list tells, the older of two sessions stays and both runs judge it."""
    gate.sim.devin.script(
        Timeline((working(), blocked(60, GOOD))), Timeline((working(), blocked(60, GOOD)))
    )
    gate.sim.devin.list_lag_s = 2.0
    one, other = gate.race()
    assert (one.outcome, other.outcome) == ("passed", "passed")
    assert one.outputs["session_id"] == other.outputs["session_id"]
    assert len(gate.sim.devin.sessions) == 1 + len(gate.sim.devin.terminations) == 2


@pytest.mark.parametrize("tags_mean", ["any", "all"])
def test_the_list_is_read_to_its_last_page(gate: Gate, tags_mean: str) -> None:
    """However many sessions there are, and however tags are meant, ours is found again."""
    gate.devin_does(working(), blocked(60, GOOD))
    gate.sim.devin.tags_mean = "all" if tags_mean == "all" else "any"
    first = gate.run()
    [own] = gate.sim.devin.sessions
    for number in range(5):
        tag = own.tags[0] if number % 2 else "devin-gate:other"
        spare = gate.sim.devin.add_session({"prompt": "x", "tags": [tag, "devin-gate:ended"]})
        spare.terminated_s = gate.clock.monotonic_s()
    gate.sim.devin.page_size = 1
    again = gate.run()
    assert again.outputs["session_id"] == first.outputs["session_id"]
    assert (again.outcome, again.asked(CREATE)) == ("passed", [])


def test_messages_of_all_pages_are_told_once(gate: Gate) -> None:
    """The log has each message once, and the last one is shown where a person must answer."""
    said = [Step(30.0 + number, message=f"Thought {number}.") for number in range(7)]
    gate.devin_does(working(), *said, blocked(90, None, "Which branch?"))
    gate.sim.devin.page_size = 2
    run = gate.run()
    assert run.outcome == "blocked"
    told = [line for line in run.log.splitlines() if "Devin says: Thought" in line]
    assert len(told) == 7
    assert "Which branch?" in show(run.comments[0]).text
    assert len(run.asked("messages")) < 2 * len(run.asked(DETAILS)) + 5, "old pages are left alone"


def test_messages_that_cannot_be_read_are_no_silence(gate: Gate) -> None:
    """Without a look at what was said nothing is judged: the look failed."""
    gate.devin_does(working(), blocked(60, None, "Done."))
    gate.sim.devin.inject("GET", "messages", Answer(502), times=5)
    assert gate.run(structured_output_schema="").outcome == "completed"
    gate.sim.devin.inject("GET", "messages", Answer(501))
    assert gate.run(structured_output_schema="").outcome == "error"


@pytest.mark.parametrize(("limit", "row"), [("10", "4.5 of 10"), ("", "4.5, no limit was set")])
def test_the_cost_is_read_again_at_the_end(gate: Gate, limit: str, row: str) -> None:
    """The figure lags the end, so the last one counts: in output, comment and summary."""
    gate.devin_does(
        working(), Step(60, acus_consumed=2.0), Step(89, acus_consumed=4.5), blocked(90, GOOD)
    )
    gate.sim.devin.acu_lag_s = 6.5
    run = gate.run(max_acu_limit=limit, poll_interval_seconds="5")
    assert (run.outcome, run.outputs["acus_consumed"]) == ("passed", "4.5")
    assert row in show(run.summary).text
    assert row in show(run.comments[0]).text


def test_a_cost_that_cannot_be_read_again_changes_nothing(gate: Gate) -> None:
    """After the verdict no fault of Devin's matters any more."""
    gate.devin_does(working(), Step(20, acus_consumed=2.0), blocked(90, GOOD))
    looks = len(gate.run().asked(DETAILS))
    gate.sim.devin.inject("GET", DETAILS, Answer(502), skip=2)
    again = gate.run()
    assert looks > 3
    assert (again.outcome, again.outputs["acus_consumed"]) == ("passed", "2")


def test_a_rule_may_hold_the_cost(gate: Gate) -> None:
    """What the session has cost can be judged like everything else."""
    gate.devin_does(working(), Step(20, acus_consumed=7.5), blocked(120, GOOD))
    assert gate.run(gate="session.acus_consumed < 5.0").outcome == "gate_failed"
    assert gate.run(gate="session.acus_consumed < 8.0").outcome == "passed"


@pytest.mark.parametrize(("used", "messages"), [(9.9, 1), (10.0, 0), (12.0, 0)])
def test_nothing_is_repaired_beyond_the_cap(gate: Gate, used: float, messages: int) -> None:
    """Devin is not asked for more once it has used what it may use."""
    steps = (working(), Step(20, acus_consumed=used), blocked(120, BAD))
    gate.sim.devin.script(Timeline(steps, ((working(5), blocked(60, GOOD)),)))
    run = gate.run(max_acu_limit="10")
    assert run.outcome == ("passed" if messages else "invalid_output")
    assert len(run.asked(MESSAGE)) == messages


def test_all_pull_requests_are_told(gate: Gate) -> None:
    """A session may have opened several; every one is in the output and in the comment."""
    links = [URL.format(number) for number in (21, 22)]
    opened = [{"pr_url": link, "pr_state": "open"} for link in links]
    gate.devin_does(working(), Step(50, pull_requests=opened), blocked(60, GOOD))
    run = gate.run()
    assert json.loads(run.outputs["pull_requests"]) == links
    assert run.outputs["pull_request_url"] == links[0]
    assert set(links) <= set(show(run.comments[0]).links)


def test_ids_without_their_prefix_are_the_same_session(gate: Gate) -> None:
    """Whichever way v3 writes an id, a re-run finds the session, and so does `session_id`."""
    gate.sim.devin.bare_ids = True
    gate.devin_does(working(), blocked(60, GOOD))
    first, again = gate.run(), gate.run()
    assert first.outputs["session_id"] == again.outputs["session_id"]
    bare = first.outputs["session_id"].removeprefix("devin-")
    named = gate.run(prompt="", session_id=bare)
    assert (named.outcome, len(gate.sim.devin.sessions)) == ("passed", 1)


def test_a_list_that_is_refused_makes_no_session(gate: Gate) -> None:
    """Without a list nobody knows whether there is a session, and v3 would make another one."""
    gate.sim.devin.inject("GET", LIST, Answer(403, {"title": "Forbidden"}), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome, gate.sim.devin.sessions) == (2, "error", [])
