"""Every place from which foreign text comes to the gate: Devin, GitHub, the event, a branch."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from simulator import Answer, Raw, Step, Timeline, Token
from simulator.faults import Altered
from simulator.github_records import ACTIONS_LOGIN
from simulator.github_store import DEFAULT_REPOSITORY
from tests.matrix.hostile import Texts
from tests.matrix.moments import PULL
from tests.scenarios.world import (
    COMMENTS,
    CREATE,
    DETAILS,
    HEAD,
    LIST,
    MESSAGES,
    TAGS,
    Gate,
    blocked,
    working,
)

ANY: Final = {"structured_output_schema": "type: object\nminProperties: 1\n"}
_FIRST_COMMENT: Final = 1_000_000_001
Plant: TypeAlias = "Callable[[Gate, Texts], None]"
"""Puts texts into their place, before the run."""


@dataclass(frozen=True)
class Source:
    """One place, what puts a text there, and how a run ends that meets it."""

    phase: str
    plant: Plant
    outcomes: tuple[str, ...]
    inputs: Mapping[str, str] = field(default_factory=dict)
    cancelled: bool = False


def output_of(text: Texts) -> dict[str, object]:
    """Return an answer that is full of the texts, in keys and in values."""
    return {"risk": text(), text(): [text(), {text(): text()}], "flat": {text(): text()}}


def _create_address(gate: Gate, text: Texts) -> None:
    session = gate.sim.devin.add_session({"prompt": "x"})
    url = f"https://app.devin.ai/{text()}"
    odd = {"session_id": session.session_id, "url": url, "is_new_session": text(), text(): text()}
    gate.sim.devin.inject("POST", CREATE, Answer(200, odd))


def _create_id(gate: Gate, text: Texts) -> None:
    odd = {"session_id": f"{text()} ", "url": text(), "is_new_session": True}
    gate.sim.devin.inject("POST", CREATE, Answer(200, odd), times=None)


def _refuse(method: str, path: str, status: int, make: Callable[[Texts], object]) -> Plant:
    def plant(gate: Gate, text: Texts) -> None:
        gate.sim.devin.inject(method, path, Answer(status, {"detail": make(text)}), times=None)

    return plant


def _items(text: Texts) -> object:
    first = {"loc": ["body", text(), 5], "msg": text(), "type": text()}
    return [first, {"loc": [text()], "msg": text()}, text(), {text(): text()}]


def _page(gate: Gate, text: Texts) -> None:
    html = (("Content-Type", "text/html"), ("Retry-After", "2"))
    gate.sim.devin.inject("POST", CREATE, Answer(503, text().encode("utf-8", "replace"), html))


def _headers(gate: Gate, text: Texts) -> None:
    line, value, more = (
        " ".join(text().split())[:20_000].encode("latin-1", "replace") for _ in "123"
    )
    head = b"HTTP/1.1 503 %s\r\nRetry-After: %s\r\nX-Note: %s\r\nContent-Length: 0\r\n\r\n"
    gate.sim.devin.inject("GET", DETAILS, Raw(head % (line, value, more)), skip=1)


def _details(status: str, end: Callable[[Texts], Mapping[str, object]]) -> Plant:
    """Return what fills every field of the session's details from the third look on.

    `status` is v1's word for an end, empty for one that nobody knows.
    """

    def plant(gate: Gate, text: Texts) -> None:
        names = ("status", "title", "snapshot_id", "playbook_id", "url", "created_at", "updated_at")
        tags = [text(), 5, {text(): text()}]
        fields = {
            **{name: text() for name in names},
            "status_enum": status or text(),
            **({"status": "running", "status_detail": "waiting_for_user"} if status else {}),
            "pull_request": {"url": f"https://github.com/{text()}", text(): text()},
            "pull_requests": [{"pr_url": text()}],
            "messages": [_message("devin_message", text), _message("devin_message", text)],
            **end(text.anew()),
        }

        def fill(usual: dict[str, object]) -> bytes:
            own = usual["tags"]
            assert isinstance(own, list)
            return json.dumps({**usual, **fields, "tags": [*own, *tags]}).encode()

        gate.sim.devin.inject("GET", DETAILS, Altered(fill), skip=2, times=None)
        if gate.is_v3:
            said = [_message("devin", text), _message("devin", text)]
            page = {"items": said, "has_next_page": False, "end_cursor": text()}
            gate.sim.devin.inject("GET", MESSAGES, Answer(200, page), skip=2, times=None)

    return plant


def _message(kind: str, text: Texts) -> dict[str, str]:
    names = ("event_id", "message", "timestamp", "origin", "username", "user_id", text())
    return {"type": kind, "source": kind, **{name: text() for name in names}}


def _listed(gate: Gate, text: Texts) -> None:
    """Leave a session of an earlier run whose entry in the list holds the texts."""
    gate.run(ANY, timeout_minutes="1")
    [session] = gate.sim.devin.sessions
    session.tags += [text(), text()]
    steps = (working(), Step(30, status=text(), title=text(), message=text()))
    session.timeline = Timeline((*steps, blocked(60, output_of(text))))


def _cancel(gate: Gate, text: Texts) -> None:
    gate.sim.devin.inject("*", TAGS, Answer(403, {"detail": text()}))
    gate.clock.at(50, lambda: os.kill(os.getpid(), signal.SIGINT))


def _login(gate: Gate, text: Texts) -> None:
    gate.sim.github.add_token(gate.sim.github_token, Token(login=_storable(text())))


def _comments(gate: Gate, text: Texts) -> None:
    for body in (text(), f"<!-- devin-gate key=x run=1 attempt=1 -->\n{text()}"):
        gate.sim.github.add_comment(gate.number, _storable(body), _storable(text()))


def _storable(text: str) -> str:
    """Return a text as GitHub keeps it: without lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def _comment_made(gate: Gate, text: Texts) -> None:
    odd = {
        "id": _FIRST_COMMENT,
        "html_url": text(),
        "body": text(),
        "user": {"login": ACTIONS_LOGIN},
    }
    gate.sim.github.inject("POST", COMMENTS, Answer(201, odd), after_commit=True)


def _comment_refused(gate: Gate, text: Texts) -> None:
    errors = [{"message": text(), "code": text()}]
    odd = {"message": text(), "errors": errors, text(): text()}
    gate.sim.github.inject("POST", COMMENTS, Answer(422, odd), times=None)


_OWNERS = {"user": {"login": "octocat"}, "author_association": "OWNER"}


def _pull(gate: Gate, text: Texts) -> None:
    issue = {"number": gate.number, "pull_request": {"url": text()}, "title": text()}
    comment = {"body": text(), "user": {"login": text()}, "author_association": "OWNER"}
    gate.on("issue_comment", {"issue": issue, "comment": comment})
    gate.sim.github.inject("GET", PULL, Answer(200, _pull_fields(gate, text)))


def _event(gate: Gate, text: Texts) -> None:
    more = {"action": text(), "sender": {"login": text()}}
    gate.on("pull_request", {"pull_request": _pull_fields(gate, text), **more})


def _pull_fields(gate: Gate, text: Texts) -> dict[str, object]:
    return {
        "number": gate.number,
        "head": {"sha": HEAD, "ref": text(), "label": text()},
        "base": {"ref": text(), "sha": text()},
        "user": {"login": text()},
        **{name: text() for name in ("html_url", "title", "body", "state")},
    }


def _sha(gate: Gate, text: Texts) -> None:
    gate.on("workflow_run", {"workflow_run": {"head_sha": text(), "head_branch": text()}})


def _head(gate: Gate, text: Texts) -> None:
    pull = {**_pull_fields(gate, text), "head": {"sha": text()}, "base": {"ref": "main"}}
    gate.on("pull_request", {"pull_request": pull})


def _group(gate: Gate, text: Texts) -> None:
    ref = f"refs/heads/gh-readonly-queue/{text()}/pr-12-{HEAD}"
    group = {"head_ref": ref, "head_sha": HEAD, "base_ref": text(), "base_sha": text()}
    gate.on("merge_group", {"merge_group": group})


def _branch(gate: Gate, text: Texts) -> None:
    gate.on("push", {"ref": text(), "head_commit": {"message": text()}}, sha="e" * 40)
    for name in ("REF", "REF_NAME", "HEAD_REF", "WORKFLOW", "JOB", "ACTION", "ACTOR"):
        gate.environ[f"GITHUB_{name}"] = text()
    path = f"{DEFAULT_REPOSITORY}/.github/workflows/{text()}.yml@refs/heads/{text()}"
    gate.environ["GITHUB_WORKFLOW_REF"] = path


def _table(gate: Gate, text: Texts) -> None:
    gate.devin_does(working(), blocked(60, {text(): text() for _ in range(4)}, text()))


def _rows(gate: Gate, text: Texts) -> None:
    gate.devin_does(working(), blocked(60, [{text(): text(), "b": text()} for _ in range(3)]))


def _fill(*names: str) -> Plant:
    """Return what fills inputs, as a workflow does that hands on a title or a branch."""

    def plant(gate: Gate, text: Texts) -> None:
        gate.environ |= {f"INPUT_{name.upper()}": text() for name in names}

    return plant


_CHECKED: Final = ("max_acu_limit", "comment", "output_file", "allow_outcomes", "idempotent")
_ENDED: Final = ("passed",)
SOURCES: Final[Mapping[str, Source]] = {
    "address": Source("create", _create_address, _ENDED),
    "id": Source("create", _create_id, ("error",)),
    "detail": Source("create", _refuse("POST", CREATE, 400, Texts.__call__), ("error",)),
    "detail-items": Source("create", _refuse("POST", CREATE, 422, _items), ("error",)),
    "detail-object": Source(
        "create", _refuse("POST", CREATE, 403, lambda t: {t(): t()}), ("error",)
    ),
    "page": Source("create", _page, _ENDED),
    "list-refused": Source(
        "look-up", _refuse("GET", LIST, 403, Texts.__call__), ("passed", "error")
    ),
    "list-entry": Source("look-up", _listed, _ENDED, ANY),
    "headers": Source("first-poll", _headers, _ENDED),
    "poll-refused": Source("first-poll", _refuse("GET", DETAILS, 401, _items), ("error",)),
    "answer": Source(
        "last-poll", _details("blocked", lambda t: {"structured_output": output_of(t)}), _ENDED, ANY
    ),
    "answer-refused": Source(
        "last-poll",
        _details("blocked", lambda t: {"structured_output": output_of(t)}),
        ("invalid_output",),
    ),
    "table": Source("last-poll", _table, _ENDED, ANY),
    "rows": Source("last-poll", _rows, _ENDED, {"structured_output_schema": "type: array"}),
    "question": Source(
        "last-poll", _details("blocked", lambda _: {"structured_output": None}), ("blocked",)
    ),
    "status": Source(
        "last-poll", _details("", lambda _: {}), ("timed_out",), {"timeout_minutes": "5"}
    ),
    "terminate": Source(
        "terminate", _cancel, ("cancelled",), {"on_cancel": "terminate"}, cancelled=True
    ),
    "login": Source("github-login", _login, _ENDED),
    "comments": Source("github-list", _comments, _ENDED),
    "comment": Source("github-create", _comment_made, _ENDED),
    "comment-refused": Source("github-create", _comment_refused, _ENDED),
    "pull": Source("reading", _pull, ("passed", "error", "stale")),
    "event": Source("reading", _event, ("passed", "error", "stale")),
    "head": Source("reading", _head, ("error",)),
    "sha": Source("reading", _sha, ("error",)),
    "group": Source("reading", _group, ("passed", "error")),
    "branch": Source("reading", _branch, ("passed", "error")),
    "inputs": Source("reading", _fill(*_CHECKED), ("error",)),
    "schema": Source("reading", _fill("structured_output_schema"), ("error",)),
    "prompt": Source("reading", _fill("prompt"), ("passed", "error")),
    "title": Source("reading", _fill("title", "tags"), ("passed", "error")),
}
