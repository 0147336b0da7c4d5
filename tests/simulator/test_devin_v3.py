"""The simulated Devin as the API v3 shows it: sessions, their messages, tags and end."""

import pytest
import requests

from simulator import DEFAULT_ORG, Reset, Simulation, Step, Timeline
from tests.simulator.client_v3 import ClientV3, Json

WAITING = Step(status_enum="blocked", message="done")


def test_a_create_tells_neither_output_nor_detail(v3: Simulation, devin: ClientV3) -> None:
    """Even where the session has both from its first second on."""
    v3.devin.script(Timeline((Step(status_enum="blocked", structured_output={"a": 1}),)))
    made = devin.create(tags=["t"], title="T")
    assert not {"structured_output", "status_detail", "messages"} & set(made)
    assert (made["tags"], made["title"], made["org_id"]) == (["t"], "T", DEFAULT_ORG)
    assert made["url"] == v3.devin.sessions[0].url
    read = devin.get(made["session_id"])
    assert (read["structured_output"], read["status_detail"]) == ({"a": 1}, "waiting_for_user")


def test_two_equal_creates_make_two_sessions(v3: Simulation, devin: ClientV3) -> None:
    """There is no idempotency, and no field to ask for it."""
    first, second = devin.create(), devin.create()
    assert first["session_id"] != second["session_id"]
    assert len(v3.devin.sessions) == 2


@pytest.mark.parametrize("field", ["idempotent", "snapshot_id", "unlisted", "promt"])
def test_a_field_that_v3_does_not_have_is_named(devin: ClientV3, field: str) -> None:
    """Among them v1's own."""
    answer = devin.ask("POST", json={"prompt": "p", field: None})
    assert answer.status_code == 422
    assert [one["loc"] for one in answer.json()["errors"]] == [["body", field]]


def test_all_fields_are_taken(v3: Simulation, devin: ClientV3) -> None:
    """What was asked for stands in the session's request."""
    body: Json = {
        "repos": ["octo-org/octo-repo"],
        "devin_mode": "lite",
        "max_acu_limit": 3,
        "structured_output_schema": {"type": "object"},
        "structured_output_required": False,
        "playbook_id": "playbook-1",
        "knowledge_ids": [],
        "secret_ids": [],
        "session_secrets": [{"key": "k", "value": "v"}],
        "attachment_urls": [],
        "session_links": [],
        "resumable": False,
        "bypass_approval": False,
        "create_as_user_id": None,
    }
    made = devin.create(**body)
    assert v3.devin.sessions[0].request == {"prompt": "p", **body}
    assert made["playbook_id"] == "playbook-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"devin_mode": "turbo"},
        {"repos": "octo-org/octo-repo"},
        {"max_acu_limit": 0},
        {"structured_output_required": "yes"},
        {"structured_output_schema": {"$ref": "https://x/"}},
        {"tags": ["t"] * 51},
        {"prompt": None},
    ],
)
def test_a_wrong_value_makes_no_session(v3: Simulation, devin: ClientV3, wrong: Json) -> None:
    """422 names the field in `errors`, and nowhere else."""
    answer = devin.ask("POST", json={"prompt": "p", **wrong})
    assert answer.status_code == 422
    assert [one["loc"] for one in answer.json()["errors"]] == [["body", *wrong]]
    assert next(iter(wrong)) not in answer.json()["detail"]
    assert v3.devin.sessions == []


def test_an_older_server_does_not_know_a_field(v3: Simulation, devin: ClientV3) -> None:
    """Whichever is chosen."""
    v3.devin.unknown_fields = {"devin_mode"}
    answer = devin.ask("POST", json={"prompt": "p", "devin_mode": "fast"})
    assert (answer.status_code, "devin_mode" in answer.text) == (422, True)


def test_times_are_whole_seconds_and_acus_lag(v3: Simulation, devin: ClientV3) -> None:
    """The clock has parts of a second; a figure of now is told a minute later."""
    v3.clock.sleep(0.9)
    v3.devin.script(Timeline((Step(10.5, acus_consumed=1.5),)))
    session_id = devin.create()["session_id"]
    v3.clock.sleep(10.5)
    read = devin.get(session_id)
    assert (read["created_at"], read["updated_at"]) == (1767603600, 1767603611)
    assert read["acus_consumed"] == 0.0
    v3.clock.sleep(60)
    assert devin.get(session_id)["acus_consumed"] == 1.5


def test_there_may_be_several_pull_requests(v3: Simulation, devin: ClientV3) -> None:
    """One of v1's is shown as one of them."""
    pulls = [{"pr_url": "https://github.com/o/r/pull/1", "pr_state": "merged"}] * 2
    old = "https://github.com/o/r/pull/2"
    v3.devin.script(Timeline((Step(1, pull_request_url=old), Step(2, pull_requests=pulls))))
    session_id = devin.create()["session_id"]
    assert devin.get(session_id)["pull_requests"] == []
    v3.clock.sleep(1)
    assert devin.get(session_id)["pull_requests"] == [{"pr_url": old, "pr_state": "open"}]
    v3.clock.sleep(1)
    assert devin.get(session_id)["pull_requests"] == pulls


def test_messages_are_a_list_of_their_own(v3: Simulation, devin: ClientV3) -> None:
    """Oldest first, on as many pages as they need, a delivered one among them."""
    v3.devin.page_size = 2
    v3.devin.script(Timeline((WAITING,), ((Step(9, status_enum="working", message="better"),),)))
    session_id = devin.create()["session_id"]
    v3.clock.sleep(5)
    told = devin.ask("POST", f"/{session_id}/messages", json={"message": "again"})
    assert (told.status_code, told.json()["session_id"]) == (200, session_id)
    assert "status_detail" not in told.json()
    v3.clock.sleep(9)
    said = devin.collect(f"/{session_id}/messages")
    assert [(one["source"], one["message"], one["created_at"]) for one in said] == [
        ("user", "p", 1767603600),
        ("devin", "done", 1767603600),
        ("user", "again", 1767603605),
        ("devin", "better", 1767603614),
    ]
    assert len({one["event_id"] for one in said}) == 4


def test_a_message_wakes_a_suspended_session(v3: Simulation, devin: ClientV3) -> None:
    """It is resuming until its reaction says more; one that is awake stays as it is."""
    reaction = (Step(5, status_enum="working"),)
    v3.devin.script(Timeline((Step(status_v3="suspended/inactivity"),), (reaction,)))
    session_id = devin.create()["session_id"]
    for seen in (("resuming", None), ("running", "working")):
        devin.ask("POST", f"/{session_id}/messages", json={"message": "go on"})
        read = devin.get(session_id)
        assert (read["status"], read["status_detail"]) == seen
        v3.clock.sleep(5)
    assert len(v3.devin.sessions[0].delivered) == 2


def test_tags_are_appended_once_or_replaced(v3: Simulation, devin: ClientV3) -> None:
    """POST adds what is new, PUT takes the old ones away, at most 50 stay."""
    address = f"/{devin.create(tags=['a'])['session_id']}/tags"
    assert devin.ask("POST", address, {"tags": ["b", "a"]}).json() == {"tags": ["a", "b"]}
    assert devin.ask("GET", address).json() == {"tags": ["a", "b"]}
    assert devin.ask("PUT", address, {"tags": ["c"]}).json() == {"tags": ["c"]}
    many = {"tags": [f"t{number}" for number in range(50)]}
    assert devin.ask("POST", address, many).status_code == 400
    assert devin.ask("PUT", address, {"tags": ["t"] * 51}).status_code == 422
    assert v3.devin.sessions[0].tags == ["c"]


@pytest.mark.parametrize("archive", [True, False])
def test_a_terminated_session_has_ended_for_good(
    v3: Simulation, devin: ClientV3, *, archive: bool
) -> None:
    """Every call is counted; it may be put away too."""
    session_id = devin.create()["session_id"]
    query = {"archive": "true"} if archive else {}
    for _ in range(2):
        ended = devin.ask("DELETE", f"/{session_id}", query=query)
        assert (ended.json()["status"], ended.json()["is_archived"]) == ("exit", archive)
    v3.clock.sleep(100)
    assert (devin.get(session_id)["status"], devin.get(session_id)["status_detail"]) == (
        "exit",
        None,
    )
    assert v3.devin.terminations == [session_id] * 2
    told = devin.ask("POST", f"/{session_id}/messages", json={"message": "still there?"})
    assert (told.status_code, told.json()["detail"]) == (400, "Session was terminated")


def test_an_archived_session_sleeps_and_can_be_woken(v3: Simulation, devin: ClientV3) -> None:
    """It has not ended."""
    session_id = devin.create()["session_id"]
    assert devin.ask("POST", f"/{session_id}/archive").json()["is_archived"] is True
    read = devin.get(session_id)
    assert (read["status"], read["status_detail"]) == ("suspended", "user_request")
    devin.ask("POST", f"/{session_id}/messages", json={"message": "go on"})
    assert devin.get(session_id)["status"] == "resuming"
    assert v3.devin.terminations == []


def test_ids_may_lack_their_prefix_in_answers(v3: Simulation, devin: ClientV3) -> None:
    """A path wants it all the same."""
    v3.devin.bare_ids = True
    bare = devin.create()["session_id"]
    assert v3.devin.sessions[0].session_id == f"devin-{bare}"
    assert devin.ask("GET", f"/{bare}").status_code == 404
    assert devin.get(f"devin-{bare}")["session_id"] == bare


def test_a_fault_is_aimed_at_an_operation(v3: Simulation, devin: ClientV3) -> None:
    """The same words as with v1, and the answer is lost after the work was done."""
    v3.devin.inject("*", "create", Reset(), after_commit=True)
    with pytest.raises(requests.ConnectionError):
        devin.create()
    assert len(v3.devin.sessions) == 1
    assert [(one.operation, one.fault) for one in v3.devin.journal] == [("create", "Reset")]


def test_dedicated_hosts_have_v3_under_api(v3: Simulation, devin: ClientV3) -> None:
    """The rest of the path is the same."""
    devin.base = f"{v3.devin.url}/api/v3/organizations/{DEFAULT_ORG}/sessions"
    assert devin.get(devin.create()["session_id"])["org_id"] == DEFAULT_ORG
