"""What happens in each run of a recipe: the event, and what Devin answers.

A line here is a run; `test_recipes.py` says how it must end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from simulator import Simulation, Timeline
from simulator.timeline import Step as Change
from tests.container.engine import BASE_IMAGE, ROOT
from tests.container.job import (
    ANSWER,
    BASE_REF,
    DEVINS_PULL_REQUEST,
    HEAD_SHA,
    NUMBER,
    REPOSITORY,
)
from tests.workflow.places import Authority

Json: TypeAlias = dict[str, Any]
BASE_SHA: Final = "b" * 40


@dataclass(frozen=True)
class RecipeRun:
    """A recipe, the event that starts it, and the world that it meets."""

    recipe: str
    event: str
    payload: Json
    sessions: tuple[Timeline, ...]
    """What the sessions do that are made, in their order; the last one's is every later one's."""
    arrange: Callable[[Simulation], object] = lambda _: None
    more: tuple[str, ...] = ()
    """Further arguments of act."""
    authority: Authority = "public"


def _ends(answer: Mapping[str, object], *, opens: bool = False) -> tuple[Timeline]:
    """Return a session whose turn is over at the first look, with or without a pull request."""
    url = DEVINS_PULL_REQUEST if opens else None
    end = Change(
        status_enum="blocked", structured_output=answer, message="I am done.", pull_request_url=url
    )
    return (Timeline((end,)),)


def _event(name: str, **changes: object) -> Json:
    """Return a real payload with other values at its top."""
    text = (ROOT / f"tests/cases/events/{name}.json").read_text(encoding="utf-8")
    payload: Json = json.loads(text)
    return {**payload, **changes}


def _verdicts(*names: str, passing: tuple[str, ...]) -> Mapping[str, Json]:
    return {name: {"pass": name in passing, "reasoning": "I looked."} for name in names}


def _scopes(*passing: str) -> Json:
    """Return the eight verdicts, of which these pass."""
    return {
        "preconditions": _verdicts("no_breaking_changes", "ai_review_passed", passing=passing),
        "change_scope": _verdicts(
            "docs_only_change",
            "comment_only_change",
            "dependency_version_bump",
            "metadata_only_change",
            "error_classification_change",
            "error_handler_addition",
            passing=passing,
        ),
    }


def _auto_merge(*passing: str) -> RecipeRun:
    return RecipeRun(
        "auto-merge-by-scope",
        "workflow_dispatch",
        _event("workflow_dispatch", inputs={"pull_request": str(NUMBER)}),
        _ends(_scopes(*passing)),
        more=("--var", "AUTO_MERGE=true"),
    )


def _on_pull_request(recipe: str, *sessions: tuple[Timeline]) -> RecipeRun:
    """Return a run for a pull request that was opened."""
    timelines = tuple(timeline for one in sessions for timeline in one)
    return RecipeRun(recipe, "pull_request", _event("pull_request.opened"), timelines)


def _by_files(risk: str) -> RecipeRun:
    run = _on_pull_request("read-only-gate", _ends({"risk": risk}))
    return replace(run, arrange=_add_files)


def _add_files(simulation: Simulation) -> None:
    """Let the base branch have the files that `read-only-gate` names."""
    github = simulation.github
    github.set_branch(BASE_REF, BASE_SHA, REPOSITORY)
    for name, text in {
        "review.md": "Review this pull request.",
        "review.schema.yml": "type: object\nrequired: [risk]\nproperties:\n  risk: {enum: [low, high]}",
        "review.gate": 'output.risk == "low"',
    }.items():
        github.add_file(BASE_SHA, f".github/devin/{name}", text, REPOSITORY)


def _commented(association: str) -> RecipeRun:
    payload = _event("issue_comment.created")
    payload["issue"] |= {"number": NUMBER, "pull_request": {"url": "https://api.github.com/"}}
    payload["comment"] |= {
        "id": 492700400,
        "body": "/devin add a test for the empty list",
        "author_association": association,
    }
    done = {"done": True, "summary": "There is a test."}
    return RecipeRun("comment-task", "issue_comment", payload, _ends(done, opens=True))


def _failed_ci(cause: str, *, opens: bool = False, conclusion: str = "failure") -> RecipeRun:
    payload = _event("workflow_run.completed")
    payload["workflow_run"] |= {
        "conclusion": conclusion,
        "event": "pull_request",
        "head_branch": "changes",
        "head_sha": HEAD_SHA,
        "head_repository": {"id": payload["repository"]["id"], "full_name": REPOSITORY},
    }
    answer = {"cause": cause, "explanation": "A test expects the old name."}
    return RecipeRun("fix-failed-ci", "workflow_run", payload, _ends(answer, opens=opens))


def _night(*, opens: bool) -> RecipeRun:
    answer = _ends({"result": "opened", "summary": "I looked."}, opens=opens)
    # One leg is enough to see it fail.
    more = () if opens else ("--matrix", "chore:dependencies")
    return RecipeRun("nightly-maintenance", "schedule", {}, answer, more=more)


def _queued(*, fits: bool) -> RecipeRun:
    payload = _event("merge_group.checks_requested")
    payload["merge_group"] |= {
        "head_ref": f"refs/heads/gh-readonly-queue/{BASE_REF}/pr-{NUMBER}-{BASE_SHA}",
        "base_ref": f"refs/heads/{BASE_REF}",
    }
    answer = _ends({"fits": fits, "reason": "I looked."})
    return RecipeRun("merge-queue", "merge_group", payload, answer)


def _from_fork(action: str, answer: Mapping[str, object]) -> RecipeRun:
    """Return a run for an outsider's pull request; the sender of a label is a maintainer."""
    payload = _event("pull_request.opened", action=action)
    outsider = {"login": "mallory", "id": 66}
    payload["pull_request"] |= {"user": outsider, "author_association": "FIRST_TIME_CONTRIBUTOR"}
    payload["pull_request"]["head"]["repo"] = {"id": 66, "full_name": "mallory/Hello-World"}
    payload["sender"] = {"login": "octocat", "id": 1} if action == "labeled" else outsider

    def arrange(simulation: Simulation) -> None:
        simulation.github.set_permission("octocat", "write")
        simulation.github.set_permission("mallory", "read")

    return RecipeRun("fork-pull-requests", "pull_request_target", payload, _ends(answer), arrange)


def _labelled_automerge(*, needs_a_person: bool) -> RecipeRun:
    payload = _event("pull_request.opened", action="labeled")
    payload["pull_request"]["labels"] = [{"name": "automerge"}]
    answer = _ends({"needs_a_person": needs_a_person, "reason": "I looked."})
    return RecipeRun("merge-when-passed", "pull_request", payload, answer)


def _review(risk: str, *severities: str) -> Mapping[str, object]:
    findings = [{"file": "a.py", "severity": one, "what": "Wrong."} for one in severities]
    return {"risk": risk, "findings": findings}


def _enterprise(risk: str, authority: Authority = "private") -> RecipeRun:
    run = _on_pull_request("enterprise-server", _ends({"risk": risk, "reason": "I looked."}))
    more = ("--platform", f"self-hosted={BASE_IMAGE}")
    return replace(run, more=more, authority=authority)


_HARMLESS: Final = {
    "risk": "low",
    "does_what_it_says": True,
    "speaks_to_reviewers": False,
    "reason": "A typo.",
}
_STEERS: Final = {**_HARMLESS, "speaks_to_reviewers": True}
_NONE: Final = _ends({"risk": "none", "reason": "Nothing here."})
_HIGH: Final = _ends({"risk": "high", "reason": "The table is dropped."})

RUNS: Final[Mapping[str, RecipeRun]] = {
    "auto-merge-all-and-one": _auto_merge(
        "no_breaking_changes", "ai_review_passed", "error_handler_addition"
    ),
    "auto-merge-all-and-none": _auto_merge("no_breaking_changes", "ai_review_passed"),
    "auto-merge-one-and-one": _auto_merge("no_breaking_changes", "docs_only_change"),
    "comment-by-member": _commented("MEMBER"),
    "comment-by-outsider": _commented("NONE"),
    "enterprise-low": _enterprise("low"),
    "enterprise-unknown": _enterprise("low", "private and unknown"),
    "ci-mended": _failed_ci("test", opens=True),
    "ci-not-mended": _failed_ci("code"),
    "ci-passed": _failed_ci("code", conclusion="success"),
    "fork-outsider": _from_fork("opened", _HARMLESS),
    "fork-labelled": _from_fork("labeled", _HARMLESS),
    "fork-steers": _from_fork("labeled", _STEERS),
    "packages-fine": _on_pull_request("matrix-packages", _NONE),
    "packages-one-high": replace(
        _on_pull_request("matrix-packages", _HIGH, _NONE),
        more=("--matrix", "package:api", "--matrix", "package:web"),
    ),
    "gate-minor": _on_pull_request("merge-gate", _ends(_review("low", "minor"))),
    "gate-major": _on_pull_request("merge-gate", _ends(_review("low", "minor", "major"))),
    "queue-fits": _queued(fits=True),
    "queue-clashes": _queued(fits=False),
    "automerge-merged": _labelled_automerge(needs_a_person=False),
    "automerge-left": _labelled_automerge(needs_a_person=True),
    "night-opened": _night(opens=True),
    "night-only-said": _night(opens=False),
    "later-low": _on_pull_request("start-now-await-later", _ends(ANSWER)),
    "later-high": _on_pull_request("start-now-await-later", _ends({**ANSWER, "risk": "high"})),
    "label-passed": _by_files("low"),
    "label-refused": _by_files("high"),
}
