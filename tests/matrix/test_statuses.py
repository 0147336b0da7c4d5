"""H1, H2 and H4: statuses that are no success, and whether time heals them."""

from __future__ import annotations

from typing import Final

import pytest

from simulator import Answer, Fault, Raw
from tests.matrix.oracle import End, Kind, find_end
from tests.matrix.places import GITHUB, PLACES
from tests.matrix.story import cases, check, tell_spoiled
from tests.runner_model import read_commands
from tests.scenarios.world import Gate

_DEVIN: Final = tuple(phase for phase in PLACES if phase not in GITHUB)
_SAID: Final = {
    "string": ({"detail": "Something is off"}, "Something is off"),
    "list": ({"detail": [{"loc": ["body", "x"], "msg": "is off", "type": "t"}]}, "body.x: is off"),
    "object": ({"detail": {"code": "off_17"}}, "off_17"),
    "html": ("<html><h1>nginx</h1></html>", ""),
    "nothing": (b"", ""),
}
"""Body of an error answer, and what a person must be able to read of it."""
_REMEDIES: Final = {
    "400": "Compare the step's inputs with what it says",
    "401": "Put a valid key of API v1 (`apk_user_…` or `apk_…`) into the secret",
    "403": "Give the key's user access to sessions",
    "404": "Check `devin_api_url`",
    "422": "Correct the input that belongs to the named field",
}


_REMEDIES_V3: Final = _REMEDIES | {
    "401": "Put a valid key of API v3 (`cog_…`) into the secret",
    "403": "Where `devin_org_id` is set, the key is mostly of another organisation",
}


def _refused_kind(variant: str, phase: str) -> Kind | None:
    if phase == "first-poll" and variant.startswith(("403", "404")):
        return None  # that is H2
    if phase == "terminate" and variant.startswith("404"):
        return None  # then it is gone, which was asked for
    return "refused"


@cases("H1", [f"{status}/{body}" for status in _REMEDIES for body in _SAID], _refused_kind, _DEVIN)
def test_a_refusal(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """Devin's no is not asked for twice; a person reads its words and the remedy for that status."""
    status, _, shape = variant.partition("/")
    body, said = _SAID[shape]
    told = tell_spoiled(gate, phase, persistence, Answer(int(status), body))
    text = told.run.log
    if end.outcome == "error":
        [text] = [item.data for item in read_commands(text) if item.name == "error"]
        assert (_REMEDIES_V3 if gate.is_v3 else _REMEDIES)[status] in text
    assert f"answered {status}" in text
    assert said in text
    assert "nginx" not in told.run.log
    check(told, end)


@pytest.mark.parametrize(
    ("status", "persistence"),
    [
        pytest.param(status, persistence, id=f"H2.{status}:first-poll:{persistence}")
        for status in (403, 404)
        for persistence in ("once", "below", "past", "forever")
    ],
)
def test_a_fresh_session_that_is_not_seen(gate: Gate, status: int, persistence: str) -> None:
    """403 and 404 on the first polls after the create are looked at again for 60 s, then believed."""
    end = find_end("unclear", "first-poll", persistence, gate.api)
    told = tell_spoiled(gate, "first-poll", persistence, Answer(status, {"detail": "Not found"}))
    times = [seen.at_s for seen in told.calls_of_route if seen.fault]
    if persistence in ("past", "forever"):
        assert 60 <= times[-1] - times[0] < 60 + 30
        assert told.run.outputs["session_id"] == gate.sim.devin.sessions[0].session_id
    assert end
    check(told, end)


_H4: Final[dict[str, Fault]] = {
    **{str(status): Answer(status, {"detail": "Something broke"}) for status in (500, 501, 502)},
    **{str(status): Answer(status, "<h1>gateway</h1>") for status in (503, 504, *range(520, 525))},
    "503-retry-after": Answer(503, "<h1>busy</h1>", (("Retry-After", "7"),)),
    "102": Raw(b"HTTP/1.1 102 Processing\r\n\r\n"),
    "103": Raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n"),
    "204": Answer(204),
    "206": Answer(206, b'{"session_id": "dev'),
    "304": Answer(304),
}
_H4_KINDS: Final[dict[str, Kind]] = {
    "501": "refused",
    "304": "refused",
    "503-retry-after": "not-sent",
}


def _trouble_kind(variant: str, phase: str) -> Kind | None:
    if variant.startswith("52") and phase in GITHUB:
        return None  # what Cloudflare says, which is before Devin alone
    return _H4_KINDS.get(variant, "unclear")


@cases("H4", _H4, _trouble_kind)
def test_a_server_in_trouble(
    gate: Gate, variant: str, phase: str, persistence: str, end: End
) -> None:
    """5xx and answers without an answer are waited out within the budget; 501 and 304 are final."""
    check(tell_spoiled(gate, phase, persistence, _H4[variant]), end)
