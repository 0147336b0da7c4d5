"""The one comment: found among many, never somebody else's, and never the reason for a verdict."""

from simulator import Answer, Token
from simulator.github_records import ACTIONS_LOGIN
from tests.scenarios.page import show
from tests.scenarios.world import DEVIN_PR, GOOD, Gate, blocked, working

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


def test_a_missing_permission_is_said_with_the_lines_to_paste(gate: Gate) -> None:
    """A token without `pull-requests: write` gets the block to paste."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.add_token(gate.sim.github_token, Token(permissions={"contents": "read"}))
    run = gate.run()
    assert run.outcome == "passed"
    assert "::There is no comment on the pull request: GitHub's API answered 403" in run.log
    assert "permissions:" in run.log
    assert "pull-requests: write" in run.log


def test_a_token_that_died_meanwhile_is_said(gate: Gate) -> None:
    """An app's token dies after an hour; that 401 has a sentence of its own."""
    gate.devin_does(working(), blocked(3700, GOOD))
    gate.clock.at(3600, lambda: gate.sim.github.revoke_token(gate.sim.github_token))
    run = gate.run(timeout_minutes="90")
    assert run.outcome == "passed"
    assert "dies after an hour" in run.log


def test_a_github_that_is_down_does_not_hold_the_verdict(gate: Gate) -> None:
    """With every GitHub call failing the run still ends by Devin's answer, soon after it."""
    gate.devin_does(working(), blocked(300, GOOD))
    gate.sim.github.inject("*", "*", Answer(503, "<h1>Unicorn</h1>"), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert run.duration_s < 420


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
    assert "Pull request opened by Devin: " in shown["other"]
    assert "opened by Devin" not in shown["same"]
