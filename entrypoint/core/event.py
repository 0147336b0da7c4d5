"""The runner's environment and the webhook payload become a `Trigger`.

Sources: GitHub's documentation of events and default variables, and actions/runner 2.336. The
payload is attacker-influenced on several events, so it is read by type and only where needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from entrypoint.core.documents import DocumentError, read_json
from entrypoint.core.git import is_commit, is_ref
from entrypoint.core.payload import at, read_names
from entrypoint.core.people import (
    Person,
    are_secrets_withheld,
    asks_author_too,
    find_people,
)
from entrypoint.errors import EventError

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

DEVIN_LOGIN: Final = "devin-ai-integration[bot]"
"""Who opens Devin's pull requests on GitHub."""


@dataclass(frozen=True)
class PullRequest:
    """A pull request as far as the gate needs it, with GitHub's own field names."""

    number: int
    head_sha: str
    base_ref: str
    author: str = ""
    html_url: str = ""
    is_open: bool = True
    author_association: str = ""
    draft: bool | None = None
    """`None` where it is not known, as the labels."""
    labels: tuple[str, ...] | None = None

    @property
    def is_by_devin(self) -> bool:
        """Tell whether Devin opened it; there Devin may answer comments."""
        return self.author == DEVIN_LOGIN


@dataclass(frozen=True)
class Base:
    """Where files were read."""

    ref: str
    """The base branch; empty where the run is about no pull request."""
    sha: str


@dataclass(frozen=True)
class ByNumber:
    """The pull request has to be read from GitHub."""

    number: int


@dataclass(frozen=True)
class ByCommit:
    """The open pull requests whose head is this commit have to be asked for."""

    sha: str
    default_branch: str


@dataclass(frozen=True)
class ByMergeGroup:
    """A merge queue names its pull request by number; commit and base are the group's own."""

    number: int
    head_sha: str
    base_ref: str


WhichPullRequest: TypeAlias = "PullRequest | ByNumber | ByCommit | ByMergeGroup | None"


@dataclass(frozen=True)
class Trigger:
    """What started the run."""

    event_name: str
    repository: str
    """`owner/name`."""
    repository_id: str
    workflow_path: str
    """Path of the workflow file in its repository, without the ref."""
    job: str
    step: str
    """The step's id, or the runner's own name for a step without one."""
    run_id: str
    run_attempt: int
    sha: str
    """The commit of the run: for `pull_request` a merge commit, not the head."""
    ref: str
    server_url: str
    api_url: str
    which: WhichPullRequest
    people: tuple[Person, ...] = ()
    """Who must be allowed to start a session."""
    asks_author_too: bool = False
    """Whether the author of the pull request that is found must be allowed as well."""
    secrets_withheld: bool = False
    """Whether GitHub gives this event no secrets."""

    @property
    def run_url(self) -> str:
        """Return the web address of this attempt of the run."""
        return (
            f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"
            f"/attempts/{self.run_attempt}"
        )


_PULL_REQUEST_EVENTS: Final = frozenset(
    {
        "pull_request",
        "pull_request_target",
        "pull_request_review",
        "pull_request_review_comment",
    }
)
_MERGE_GROUP_REF = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-([0-9]{1,9})-[0-9a-f]+")


def parse_trigger(
    environ: Mapping[str, str], payload_text: str, pull_request_number: int | None
) -> Trigger:
    """Return what started the run, or raise `EventError`.

    `pull_request_number` is the input of that name; it wins over the event.
    """
    try:
        payload = read_json(payload_text)
    except DocumentError as error:
        raise _unusable(f"the event file cannot be read: {error}") from None
    if not isinstance(payload, dict):
        raise _unusable("the event file holds no JSON object")
    event_name = _variable(environ, "GITHUB_EVENT_NAME")
    repository = _variable(environ, "GITHUB_REPOSITORY")
    sha = _variable(environ, "GITHUB_SHA")
    ref = environ.get("GITHUB_REF", "")
    if not is_commit(sha) or not (ref == "" or is_ref(ref)):
        raise _unusable("GITHUB_SHA is no commit, or GITHUB_REF no name of a branch or tag")
    return Trigger(
        event_name=event_name,
        repository=repository,
        repository_id=environ.get("GITHUB_REPOSITORY_ID") or repository,
        workflow_path=_workflow_path(environ, repository),
        job=_variable(environ, "GITHUB_JOB"),
        step=environ.get("GITHUB_ACTION", ""),
        run_id=_variable(environ, "GITHUB_RUN_ID"),
        run_attempt=_whole(environ.get("GITHUB_RUN_ATTEMPT", "")) or 1,
        sha=sha,
        ref=ref,
        server_url=environ.get("GITHUB_SERVER_URL") or "https://github.com",
        api_url=environ.get("GITHUB_API_URL") or "https://api.github.com",
        which=ByNumber(pull_request_number)
        if pull_request_number
        else _which(event_name, payload, sha),
        people=find_people(event_name, payload),
        asks_author_too=asks_author_too(event_name, payload),
        secrets_withheld=are_secrets_withheld(event_name, payload, environ.get("GITHUB_ACTOR", "")),
    )


def choose_pull_request(found: tuple[PullRequest, ...], wanted: ByCommit) -> PullRequest | None:
    """Return the open pull request whose head is the commit.

    Of several the one onto the default branch, else the lowest number.
    """
    heads = [pull for pull in found if pull.is_open and pull.head_sha == wanted.sha]
    return min(
        heads, key=lambda pull: (pull.base_ref != wanted.default_branch, pull.number), default=None
    )


def _which(event_name: str, payload: dict[str, Json], sha: str) -> WhichPullRequest:
    if event_name in _PULL_REQUEST_EVENTS:
        return _pull_request(at(payload, "pull_request"))
    if event_name == "issue_comment":
        is_pull = isinstance(at(payload, "issue", "pull_request"), dict)
        number = at(payload, "issue", "number")
        return ByNumber(number) if is_pull and isinstance(number, int) else None
    if event_name == "merge_group":
        return _merge_group(at(payload, "merge_group"))
    default_branch = at(payload, "repository", "default_branch")
    branch = default_branch if isinstance(default_branch, str) else ""
    if event_name == "workflow_run":
        head = at(payload, "workflow_run", "head_sha")
        if not (head is None or is_commit(head)):
            raise _unusable("it names no commit of the workflow run")
        return ByCommit(head, branch) if head else None
    return ByCommit(sha, branch) if event_name == "push" else None


def _pull_request(fields: object) -> PullRequest:
    number, head = at(fields, "number"), at(fields, "head", "sha")
    base, author = at(fields, "base", "ref"), at(fields, "user", "login")
    url, draft = at(fields, "html_url"), at(fields, "draft")
    if not (isinstance(number, int) and is_commit(head) and is_ref(base)):
        raise _unusable("the event names no pull request with number, head and base")
    return PullRequest(
        number,
        head,
        base,
        author if isinstance(author, str) else "",
        url if isinstance(url, str) else "",
        draft=draft if isinstance(draft, bool) else None,
        labels=read_names(at(fields, "labels")),
    )


def _merge_group(fields: object) -> ByMergeGroup | None:
    ref, head, base = at(fields, "head_ref"), at(fields, "head_sha"), at(fields, "base_ref")
    match = _MERGE_GROUP_REF.fullmatch(ref) if isinstance(ref, str) else None
    if match is None or not is_commit(head) or not is_ref(base):
        raise _unusable("the merge group names no pull request, head and base")
    return ByMergeGroup(int(match[1]), head, base.removeprefix("refs/heads/"))


def _workflow_path(environ: Mapping[str, str], repository: str) -> str:
    """Return the path part of `owner/repo/.github/workflows/x.yml@refs/…`."""
    reference = environ.get("GITHUB_WORKFLOW_REF") or environ.get("GITHUB_WORKFLOW", "")
    return reference.partition("@refs/")[0].removeprefix(f"{repository}/")


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _variable(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise _unusable(f"the variable {name} is not set")
    return value


def _unusable(why: str) -> EventError:
    return EventError(
        f"The event that started the run cannot be used: {why}.",
        "Run the action as a step of a GitHub Actions workflow; outside one, set the variables "
        "and the event file that the runner would set.",
    )
