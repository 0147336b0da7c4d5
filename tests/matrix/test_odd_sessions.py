"""B2: sessions whose JSON is well-formed and not what was promised."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

import pytest

from simulator import Altered, Timeline
from tests.matrix.oracle import End, find_end
from tests.matrix.places import POLLS, TIMES
from tests.matrix.story import check, tell_spoiled
from tests.scenarios.conftest import KEYS
from tests.scenarios.world import GOOD, Gate, finished

_OTHER_ID: Final = "devin-" + "0" * 32


def _with(**fields: object) -> Callable[[dict[str, object]], bytes]:
    """Return a change that sets these fields."""
    return lambda answer: json.dumps({**answer, **fields}).encode()


def _without(*names: str) -> Callable[[dict[str, object]], bytes]:
    """Return a change that leaves these fields out."""
    return lambda answer: json.dumps(
        {name: value for name, value in answer.items() if name not in names}
    ).encode()


_TOLERATED: Final = {
    "fields-extra": _with(mood="waiting", pr_count=1.5, _links={"self": None}),
    "fields-missing": _without(
        *("title", "tags", "created_at", "snapshot_id", "playbook_id", "pull_request", "messages"),
        *("url", "org_id", "pull_requests", "acus_consumed", "is_archived"),
    ),
    "status-missing": _without("status"),
    "texts-are-numbers": _with(title=5, created_at=7, snapshot_id=1.5, playbook_id=True),
    "lists-are-texts": _with(messages="none", pull_requests="none", tags="devin-gate"),
    "items-are-odd": _with(messages=[None, 5, [], {"type": 1, "message": []}], tags=[1, None]),
    "pull-request-is-a-list": _with(pull_request=["https://github.test/x/pull/1"]),
    "pull-request-is-no-address": _with(
        pull_request={"url": "javascript:alert(1)"},
        pull_requests=[None, 5, {"pr_url": "javascript:alert(1)"}, {"pr_url": 1}],
    ),
    "acus-are-odd": _with(acus_consumed="many"),
    "times-in-the-future": _with(created_at="2126-01-01T00:00:00Z", updated_at="2126-01-02"),
    "times-are-no-dates": _with(created_at="yesterday", updated_at="now\r\n::error::x"),
    "times-go-back": _with(updated_at="1970-01-01T00:00:00+00:00"),
    "id-without-prefix": lambda answer: _with(
        session_id=str(answer["session_id"]).removeprefix("devin-")
    )(answer),
}
"""Read all the same: nothing of it decides."""
_UNREADABLE: Final = {
    "statuses-missing": _without("status", "status_enum"),
    "statuses-null": _with(status=None, status_enum=None),
    "another-session": _with(session_id=_OTHER_ID, status_enum="finished"),
}
"""Not believed: nobody can tell what became of the session."""
_WORKING: Final = {
    "status-unknown": _with(status_enum="pondering", status="pondering"),
    "status-is-a-number": _with(status_enum=7, status_detail=7),
    "status-is-a-list": _with(status_enum=["finished"], status_detail=["finished"]),
    "status-back-to-null": _with(status="running", status_enum=None, status_detail=None),
    "status-goes-back": _with(status_enum="working", status_detail="working"),
    "status-goes-back-to-resumed": _with(status_enum="resumed", status="resuming"),
}
"""Never an end: a status that is not known, or that goes back, is work."""
_THE_ONE_STATUS: Final = ("status-missing", "v3")
"""What v1 has two of."""
_CHANGES: Final = {**_TOLERATED, **_UNREADABLE, **_WORKING}
_PASSED: Final = End("passed", retried=None)


def _find_end(variant: str, phase: str, persistence: str, api: str) -> End | None:
    if variant in _TOLERATED and (variant, api) != _THE_ONE_STATUS:
        # The story has no more than two looks left there.
        return None if (phase, persistence) == ("last-poll", "below") else _PASSED
    if variant in {*_UNREADABLE, *_TOLERATED}:
        return find_end("unclear", phase, persistence, api)
    if persistence in ("once", "below"):
        return _PASSED
    again = "passed" if persistence == "past" else None
    return End("timed_out", retried=None, again=again)


@pytest.mark.parametrize(
    ("gate", "variant", "phase", "persistence", "end"),
    [
        pytest.param(
            *(api, variant, phase, persistence, end),
            id=f"{api}-B2.{variant}:{phase}:{persistence}",
        )
        for api in KEYS
        for variant in _CHANGES
        for phase in POLLS
        for persistence in TIMES
        if (end := _find_end(variant, phase, persistence, api))
    ],
    indirect=["gate"],
)
def test_an_odd_session(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """What does not matter is read tolerantly, what decides is never guessed: the gate stays shut."""
    check(tell_spoiled(gate, phase, persistence, Altered(_CHANGES[variant])), end)


_CREATED: Final = {
    "url-missing": (_without("url"), _PASSED),
    "url-is-a-number": (_with(url=5), _PASSED),
    "url-is-no-address": (_with(url="javascript:alert(1)"), _PASSED),
    "created-fields-extra": (_with(status="new", tags=["x"], org_id=None), _PASSED),
    "is-new-is-a-text": (_with(is_new_session="yes"), _PASSED),
    "id-missing": (_without("session_id"), _PASSED),
    "id-is-a-number": (_with(session_id=5), _PASSED),
    "id-is-a-path": (_with(session_id="../../v1/secrets"), _PASSED),
    "id-of-nobody": (
        _with(session_id=_OTHER_ID),
        End("error", retried=False, again="passed", said="could not be read"),
    ),
}
"""An answer to a create; one that names no session is as good as lost, which is found by its tag."""


@pytest.mark.parametrize(
    ("variant", "persistence"),
    [
        pytest.param(variant, persistence, id=f"B2.{variant}:create:{persistence}")
        for variant in _CREATED
        for persistence in ("once", "forever")
    ],
)
def test_an_odd_answer_to_a_create(gate: Gate, variant: str, persistence: str) -> None:
    """The session that was made is watched, whatever is odd in the answer; no other one ever is."""
    change, end = _CREATED[variant]
    check(tell_spoiled(gate, "create", persistence, Altered(change)), end)


@pytest.mark.parametrize(
    "persistence", [pytest.param("once", id="B2.id-of-a-stranger:create:once")]
)
def test_a_strangers_session_is_not_judged(gate: Gate, persistence: str) -> None:
    """A create that is answered with somebody else's session, tags and all, opens no gate."""
    gate.sim.devin.script(Timeline((finished(0, GOOD),)))
    stranger = gate.sim.devin.add_session({"prompt": "Other.", "tags": ["their-own"]})
    change = _with(session_id=stranger.session_id, url=stranger.url)
    told = tell_spoiled(gate, "create", persistence, Altered(change))
    assert (told.run.exit_code, told.run.outcome) == (2, "error")
    assert stranger.delivered == []
    assert gate.run().outcome == "passed"
    assert len(gate.sim.devin.sessions) == 2
