"""The one comment: found among many, never somebody else's, and never the reason for a verdict."""

import pytest

from simulator import Answer, Fault, Reset, Token
from simulator.github_records import ACTIONS_LOGIN
from tests.scenarios.page import show
from tests.scenarios.world import COMMENT, COMMENTS, DEVIN_PR, GOOD, Gate, blocked, working

PASSED = "✅ Devin Gate passed"


def _ours(gate: Gate) -> list[str]:
    return [one.body for one in gate.comments() if one.login == ACTIONS_LOGIN]


def test_our_comment_is_found_on_the_third_page(gate: Gate) -> None:
    """Among 250 comments of others, most of them before ours, it is found and edited."""
    gate.devin_does(working(), blocked(300, GOOD))
    for number in range(210):
        gate.sim.github.add_comment(gate.number, f"Looks good {number}")
    first = gate.run()
    for number in range(40):
        gate.sim.github.add_comment(gate.number, f"Still good {number}")
    second = gate.run()
    assert first.outputs["comment_url"] == second.outputs["comment_url"]
    assert len(second.comments) == 251
    assert len(_ours(gate)) == 1


def test_a_copied_marker_does_not_make_a_comment_ours(gate: Gate) -> None:
    """Somebody who pastes our comment keeps theirs as it is, and we make our own."""
    gate.devin_does(working(), blocked(300, GOOD))
    first = gate.run()
    gate.sim.github.delete_comment(gate.comments()[0].id)
    copied = gate.sim.github.add_comment(gate.number, first.comments[0], "mallory")
    second = gate.run()
    assert second.comments[0] == copied.body
    assert len(_ours(gate)) == 1


def test_another_actions_comment_is_not_ours(gate: Gate) -> None:
    """The same bot writes for other actions too; a marker in the middle of a text is none."""
    gate.devin_does(working(), blocked(300, GOOD))
    first = gate.run()
    gate.sim.github.delete_comment(gate.comments()[0].id)
    quoted = f"Coverage: 93 %\n{first.comments[0]}"
    gate.sim.github.add_comment(gate.number, quoted, ACTIONS_LOGIN)
    second = gate.run()
    assert second.comments[0] == quoted
    assert len(second.comments) == 2


def test_what_a_younger_run_wrote_is_left_alone(gate: Gate) -> None:
    """An older run that ends late does not overwrite the younger one's verdict."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.environ["GITHUB_RUN_ID"] = "3000"
    younger = gate.run()
    gate.environ["GITHUB_RUN_ID"] = "2000"
    older = gate.run()
    assert older.outcome == "passed"
    assert older.comments == younger.comments


@pytest.mark.parametrize("status", [403, 401, 422, 429, 500])
def test_a_comment_that_is_refused_is_a_warning(gate: Gate, status: int) -> None:
    """Whatever GitHub says, the verdict stands, and the log says why there is no comment."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.inject("POST", COMMENTS, Answer(status, {"message": "No"}), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome, run.outputs["comment_url"]) == (0, "passed", "")
    assert "::warning title=Devin Gate%3A no comment::" in run.log
    assert run.comments == ()


def test_a_missing_permission_is_said_with_the_lines_to_paste(gate: Gate) -> None:
    """A token without `pull-requests: write` gets the block to paste."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.add_token(gate.sim.github_token, Token(permissions={"contents": "read"}))
    run = gate.run()
    assert run.outcome == "passed"
    assert "permissions:" in run.log
    assert "pull-requests: write" in run.log


def test_a_token_that_died_meanwhile_is_said(gate: Gate) -> None:
    """An app's token dies after an hour; that 401 has a sentence of its own."""
    gate.devin_does(working(), blocked(3700, GOOD))
    gate.clock.at(3600, lambda: gate.sim.github.revoke_token(gate.sim.github_token))
    run = gate.run(timeout_minutes="90")
    assert run.outcome == "passed"
    assert "dies after an hour" in run.log


@pytest.mark.parametrize("after_commit", [True, False])
@pytest.mark.parametrize("fault", [Answer(502, "<h1>Bad Gateway</h1>"), Reset()], ids=repr)
def test_a_comment_whose_answer_is_lost_is_one(
    gate: Gate, fault: Fault, *, after_commit: bool
) -> None:
    """A create at GitHub that fails unclearly leaves one comment, in its final state."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.inject("POST", COMMENTS, fault, after_commit=after_commit)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert [show(body).headings[0] for body in run.comments] == [PASSED]


@pytest.mark.parametrize("fault", [Answer(502, "<h1>Bad Gateway</h1>"), Reset()], ids=repr)
def test_one_failed_edit_does_not_leave_the_comment_in_progress(gate: Gate, fault: Fault) -> None:
    """The comment always ends: a single trouble at the last edit is got over within 60 s."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.inject("PATCH", COMMENT, fault)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert [show(body).headings[0] for body in run.comments] == [PASSED]


def test_the_comment_ends_on_a_devin_pull_request_after_one_lost_create(gate: Gate) -> None:
    """Where the comment is written only at the end, one 502 does not cost it."""
    gate.on_pull_request(author="devin-ai-integration[bot]")
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.inject("POST", COMMENTS, Answer(502, "<h1>Bad Gateway</h1>"))
    run = gate.run()
    assert [show(body).headings[0] for body in run.comments] == [PASSED]


def test_a_github_that_is_down_does_not_hold_the_verdict(gate: Gate) -> None:
    """With every GitHub call failing the run still ends by Devin's answer, soon after it."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.inject("*", "*", Answer(503, "<h1>Unicorn</h1>"), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert run.duration_s < 420


@pytest.mark.parametrize(
    "headers",
    [(("Retry-After", "3600"),), (("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9e9"))],
    ids=["secondary", "primary"],
)
def test_a_rate_limit_is_not_waited_for(gate: Gate, headers: tuple[tuple[str, str], ...]) -> None:
    """A limit that asks for an hour costs the comment, not an hour."""
    gate.devin_does(working(), blocked(300, GOOD))
    limited = Answer(403, {"message": "You have exceeded a secondary rate limit."}, headers)
    gate.sim.github.inject("POST", COMMENTS, limited, times=None)
    run = gate.run()
    assert run.outcome == "passed"
    assert run.duration_s < 420


def test_a_comment_that_somebody_deleted_is_no_trouble(gate: Gate) -> None:
    """A comment that vanished while Devin worked leaves the verdict alone."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.clock.at(100, lambda: gate.sim.github.delete_comment(gate.comments()[0].id))
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert len(run.comments) <= 1


def test_comment_off_writes_nothing(gate: Gate) -> None:
    """`comment: off` only looks whether the pull request has moved."""
    gate.devin_does(working(), blocked(300, GOOD))
    run = gate.run(comment="off")
    assert (run.outcome, run.comments) == ("passed", ())
    assert [seen.path for seen in run.github] == [f"/repos/octo-org/octo-repo/pulls/{gate.number}"]


def test_a_run_makes_few_requests(gate: Gate) -> None:
    """Six requests at GitHub are enough for a run that makes its comment."""
    gate.devin_does(working(), blocked(300, GOOD))
    assert len(gate.run().github) <= 6


def test_on_devins_own_pull_request_the_comment_comes_once(gate: Gate) -> None:
    """Devin may answer comments on its own pull request: there is one, at the end."""
    gate.on_pull_request(author="devin-ai-integration[bot]")
    gate.devin_does(working(), blocked(300, GOOD))
    meanwhile: list[int] = []
    gate.clock.at(299, lambda: meanwhile.append(len(gate.comments())))
    run = gate.run()
    assert meanwhile == [0]
    assert [show(body).headings[0] for body in run.comments] == [PASSED]
    assert [seen.method for seen in run.github].count("PATCH") == 0


def test_the_triggering_pull_request_is_not_called_devins(gate: Gate) -> None:
    """Only another pull request is said to be opened by Devin."""
    shown: dict[str, str] = {}
    for name, url in {"other": DEVIN_PR, "same": DEVIN_PR.replace("13", "12")}.items():
        end = blocked(60, GOOD)
        gate.devin_does(working(), end, type(end)(60, pull_request_url=url))
        shown[name] = show(gate.run(idempotent="false").comments[0]).text
    assert "Pull request opened by Devin" in shown["other"]
    assert "opened by Devin" not in shown["same"]
