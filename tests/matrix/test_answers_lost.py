"""N4, N5: a request was read and done, or not, and its answer does not arrive whole."""

from __future__ import annotations

from typing import Final

from simulator import CutBody, CutChunked, Fault, Raw, Reset
from tests.matrix.oracle import End, Kind
from tests.matrix.story import cases, check, tell_spoiled
from tests.scenarios.world import Gate

_N4: Final[dict[str, Fault]] = {"reset": Reset(), "closed": Raw(b"")}
_N5: Final[dict[str, Fault]] = {
    "body-cut": CutBody(20),
    "body-cut-at-once": CutBody(0),
    "chunk-cut": CutChunked(20),
    "headers-cut": Raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "status-line-cut": Raw(b"HTTP/1.1 2"),
}
_COMMIT: Final[dict[str, Kind]] = {"before-commit": "unclear", "after-commit": "done"}


def _kind(variant: str, _phase: str) -> Kind:
    return _COMMIT[variant.rpartition("/")[2]]


@cases("N4", [f"{name}/{commit}" for name in _N4 for commit in _COMMIT], _kind)
def test_a_lost_answer(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """One session and one comment, whether the request was done before its answer was lost or not."""
    name, _, commit = variant.partition("/")
    told = tell_spoiled(gate, phase, persistence, _N4[name], done=commit == "after-commit")
    check(told, end)


@cases("N5", _N5, lambda _variant, _phase: "done")
def test_a_cut_answer(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """One session and one comment: half an answer is none, and the request was done."""
    check(tell_spoiled(gate, phase, persistence, _N5[variant], done=True), end)
