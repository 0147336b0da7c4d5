"""Every recipe is run as it stands in `docs/recipes`, not a line of it changed.

Another name is given to the workflow, since act names containers after it. GitHub's own command
line, which no test can have without GitHub, is `tests/workflow/gh`, which says what it was asked.
The token may do what the recipe's job asks for and nothing else.

What act does not do: it runs one job at a time of what GitHub would queue, so `concurrency` is only
linted; it starts a job for whatever event it is told, so that `types:`, `workflows:` and the time of
a `schedule` are only linted; and no check is required anywhere, so that "holds the merge" means
here that the job is red.
"""

from __future__ import annotations

import pytest

from tests.container.job import BASE_REF, DEVINS_PULL_REQUEST, HEAD_SHA, NUMBER, REPOSITORY
from tests.workflow.act import ActRun

pytestmark = [
    pytest.mark.workflow,
    # As test_workflows.py: all share the image.
    pytest.mark.xdist_group("workflow"),
    pytest.mark.timeout(420),
]


def of(*names: str) -> pytest.MarkDecorator:
    """Give a test the ends of these runs, one after the other, as `recipe_run`."""
    return pytest.mark.parametrize("recipe_run", names, indirect=True)


def assert_end(run: ActRun, outcome: str, *, sessions: int = 1, **jobs: str) -> None:
    """Assert how the jobs that began have ended, one word for all legs of each.

    `outcome` is that of every step that asks, or a word for each where they differ.
    """
    assert {name: set(ends) for name, ends in run.jobs.items()} == {
        name: {end} for name, end in jobs.items()
    }, run.said
    assert set(run.outputs["outcome"]) == set(outcome.split())
    assert (run.exit_code == 0) is (set(jobs.values()) == {"success"})
    assert len(run.simulation.devin.sessions) == sessions
    assert run.simulation.leftovers() == []


def refused(run: ActRun) -> list[str]:
    """Return the rules that are not true, as the comment marks them."""
    (comment,) = run.comments
    marked = [line for line in comment.body.splitlines() if line.startswith("<tr><td>❌")]
    return [line.partition("<code>")[2].partition("</code>")[0] for line in marked]


def prompt_of(run: ActRun) -> str:
    """Return what the one session was asked."""
    (session,) = run.simulation.devin.sessions
    return session.prompt


MERGED = f"pr merge {NUMBER} --squash --match-head-commit {HEAD_SHA}"


@of("auto-merge-all-and-one")
def test_all_preconditions_and_one_scope_merge(recipe_run: ActRun) -> None:
    """The job is green, and what depends on it merges the commit that was judged, no other."""
    assert_end(recipe_run, "passed", evaluate="success", merge="success")
    assert refused(recipe_run) == []
    assert recipe_run.seen["GH"] == (MERGED,)


@pytest.mark.parametrize(
    ("recipe_run", "rule"),
    [
        (
            "auto-merge-all-and-none",
            "output.change_scope.exists(name, output.change_scope[name].pass)",
        ),
        ("auto-merge-one-and-one", "output.preconditions.ai_review_passed.pass"),
    ],
    indirect=["recipe_run"],
)
def test_without_all_preconditions_or_any_scope_nothing_merges(
    recipe_run: ActRun, rule: str
) -> None:
    """The job is red, the comment marks the one rule that is not true, and nothing is merged."""
    assert_end(recipe_run, "gate_failed", evaluate="failure")
    assert refused(recipe_run) == [rule]
    assert "GH" not in recipe_run.seen


@of("gate-minor")
def test_a_review_without_a_major_finding_is_green(recipe_run: ActRun) -> None:
    """Minor findings hold no merge; they stand in the comment."""
    assert_end(recipe_run, "passed", review="success")
    assert refused(recipe_run) == []


@of("gate-major")
def test_a_major_finding_is_red(recipe_run: ActRun) -> None:
    """One of two findings is major: the rule about it is marked, the one about the risk is not."""
    assert_end(recipe_run, "gate_failed", review="failure")
    assert len(refused(recipe_run)) == 1


@of("label-passed")
def test_the_label_says_that_it_passed(recipe_run: ActRun) -> None:
    """The files of the base branch judge, no comment is written, the other job sets the label."""
    assert_end(recipe_run, "passed", judge="success", label="success")
    assert prompt_of(recipe_run).startswith("Review this pull request.")
    assert recipe_run.comments == []
    assert {one.method for one in recipe_run.simulation.github.journal} == {"GET"}
    assert recipe_run.seen["GH"] == _labelled(on="devin-passed", off="devin-refused")


@of("label-refused")
def test_the_label_says_that_it_was_refused(recipe_run: ActRun) -> None:
    """The required job is red, and the label is set all the same."""
    assert_end(recipe_run, "gate_failed", judge="failure", label="success")
    assert recipe_run.seen["GH"] == _labelled(on="devin-refused", off="devin-passed")


def _labelled(*, on: str, off: str) -> tuple[str, ...]:
    labels = f"repos/{REPOSITORY}/issues/{NUMBER}/labels"
    return (
        f"api --silent --method DELETE {labels}/{off}",
        f"api --silent --method POST {labels} --field labels[]={on}",
    )


@of("later-low")
def test_one_job_starts_and_another_one_judges(recipe_run: ActRun) -> None:
    """The outputs of the first lead the second to the session and to the one comment."""
    outcomes, done = "started passed", "success"
    assert_end(recipe_run, outcomes, start=done, work=done, judge=done, verdict=done)
    assert recipe_run.outputs["passed"] == ("false", "true")
    (session,) = recipe_run.simulation.devin.sessions
    assert recipe_run.outputs["session_id"] == (session.session_id, session.session_id)
    assert refused(recipe_run) == []
    assert "Devin Gate passed" in recipe_run.comments[0].body


@of("later-high")
def test_what_was_started_is_judged_later(recipe_run: ActRun) -> None:
    """A green start is no verdict: the job that is never skipped is red as the judging one is."""
    outcomes, done, red = "started gate_failed", "success", "failure"
    assert_end(recipe_run, outcomes, start=done, work=done, judge=red, verdict=red)


@of("comment-by-member")
def test_a_members_comment_is_a_task(recipe_run: ActRun) -> None:
    """Devin gets the comment's text and address, and the comment of the task tells the end."""
    assert_end(recipe_run, "passed", task="success")
    assert "\n/devin add a test for the empty list\n" in prompt_of(recipe_run)
    assert "#issuecomment-492700400" in prompt_of(recipe_run)
    assert recipe_run.outputs["pull_request_url"] == (DEVINS_PULL_REQUEST,)
    (comment,) = recipe_run.comments
    assert "key=request-492700400 " in comment.body


@of("comment-by-outsider")
def test_an_outsiders_comment_is_none(recipe_run: ActRun) -> None:
    """The run is red, and nothing is spent and nothing written."""
    assert_end(recipe_run, "not_allowed", sessions=0, task="failure")
    assert recipe_run.comments == []


@of("ci-mended")
def test_a_failed_ci_is_mended(recipe_run: ActRun) -> None:
    """Devin gets the run's address; its pull request stands in the comment of the failed one."""
    assert_end(recipe_run, "passed", fix="success")
    assert "/actions/runs/289782451\n" in prompt_of(recipe_run)
    (comment,) = recipe_run.comments
    assert DEVINS_PULL_REQUEST in comment.body


@of("ci-not-mended")
def test_a_cause_in_the_code_without_a_pull_request_is_red(recipe_run: ActRun) -> None:
    """Who says that the code is to blame, and mends nothing, leaves it to a person."""
    assert_end(recipe_run, "gate_failed", fix="failure")


@of("ci-passed")
def test_a_ci_that_did_not_fail_asks_nobody(recipe_run: ActRun) -> None:
    """The job is skipped."""
    assert recipe_run.jobs == {}
    assert recipe_run.simulation.devin.journal == []


@of("night-opened")
def test_a_night_opens_a_pull_request_for_each_chore(recipe_run: ActRun) -> None:
    """Two chores are two sessions of this night, told by the run's id in their titles."""
    assert_end(recipe_run, "passed", sessions=2, chore="success")
    titles = {str(one.request["title"]) for one in recipe_run.simulation.devin.sessions}
    assert titles == {"Nightly dependencies, run 1", "Nightly flaky-tests, run 1"}
    assert recipe_run.simulation.github.journal == []


@of("night-only-said")
def test_a_night_that_only_says_so_is_red(recipe_run: ActRun) -> None:
    """`opened` without a pull request is not true."""
    assert_end(recipe_run, "gate_failed", chore="failure")


@of("packages-fine")
def test_every_package_passes(recipe_run: ActRun) -> None:
    """Three legs are three sessions and three comments, and the one check is green."""
    assert_end(recipe_run, "passed", sessions=3, review="success", packages="success")
    assert len(recipe_run.comments) == 3
    prompts = [session.prompt for session in recipe_run.simulation.devin.sessions]
    for package in ("api", "web", "worker"):
        assert len([one for one in prompts if f"packages/{package}/" in one]) == 1


@of("packages-one-high")
def test_one_package_turns_the_one_check_red(recipe_run: ActRun) -> None:
    """The other is judged to its end; act calls both legs what the worse of them is."""
    assert recipe_run.jobs["packages"] == ("failure",)
    assert recipe_run.outputs["outcome"] == ("gate_failed", "passed")
    assert recipe_run.exit_code != 0
    assert len(recipe_run.comments) == 2


@of("queue-fits")
def test_a_group_that_fits_is_green(recipe_run: ActRun) -> None:
    """The question is about the group's commit and the queue's base; its pull request is told."""
    assert_end(recipe_run, "passed", review="success")
    (head,) = recipe_run.outputs["head_sha"]
    assert head not in (HEAD_SHA, "")
    assert head in prompt_of(recipe_run)
    assert BASE_REF in prompt_of(recipe_run)
    assert len(recipe_run.comments) == 1


@of("queue-clashes")
def test_a_group_that_clashes_is_red(recipe_run: ActRun) -> None:
    """The check of the group fails, so that the queue puts the pull request out."""
    assert_end(recipe_run, "gate_failed", review="failure")
    assert refused(recipe_run) == ["output.fits"]


@of("fork-outsider")
def test_an_outsiders_pull_request_waits_for_a_label(recipe_run: ActRun) -> None:
    """The check is red, and nothing is spent and nothing written."""
    assert_end(recipe_run, "not_allowed", sessions=0, review="failure")
    assert recipe_run.comments == []


@of("fork-labelled")
def test_a_maintainers_label_asks(recipe_run: ActRun) -> None:
    """The same pull request is judged, and the session has none of the organisation's secrets."""
    assert_end(recipe_run, "passed", review="success")
    (session,) = recipe_run.simulation.devin.sessions
    assert (session.request["secret_ids"], session.request["knowledge_ids"]) == ([], [])


@of("fork-steers")
def test_a_text_that_steers_is_refused(recipe_run: ActRun) -> None:
    """Low risk is not enough where something speaks to reviewers."""
    assert_end(recipe_run, "gate_failed", review="failure")
    assert refused(recipe_run) == ["!output.speaks_to_reviewers"]


@of("automerge-merged")
def test_the_judged_commit_is_merged(recipe_run: ActRun) -> None:
    """The job that merges gets the commit from the gate."""
    assert_end(recipe_run, "passed", review="success", merge="success")
    assert recipe_run.seen["GH"] == (MERGED,)


@of("automerge-left")
def test_what_needs_a_person_is_not_merged(recipe_run: ActRun) -> None:
    """The job that merges does not begin."""
    assert_end(recipe_run, "gate_failed", review="failure")
    assert "GH" not in recipe_run.seen


@of("enterprise-low")
def test_an_authority_of_ones_own_is_trusted(recipe_run: ActRun) -> None:
    """Devin and GitHub, at /api/v3, are reached by TLS alone, with a certificate of our own."""
    assert_end(recipe_run, "passed", review="success")
    assert len(recipe_run.comments) == 1


@of("enterprise-unknown")
def test_an_unknown_authority_is_not_trusted(recipe_run: ActRun) -> None:
    """The job is red, and nothing has been sent to anybody."""
    assert_end(recipe_run, "error", sessions=0, review="failure")
    assert "certificate" in recipe_run.outputs["reason"][0]
    assert "REQUESTS_CA_BUNDLE" in recipe_run.annotations
    assert recipe_run.simulation.devin.journal == []
    assert recipe_run.simulation.github.journal == []
