"""F1: the event file that cannot be read, and a summary that would be too large."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.matrix.test_signals import PASSED
from tests.scenarios.page import show
from tests.scenarios.world import GOOD, HEAD, Gate, blocked, working

MAX_SUMMARY_BYTES: Final = 1024 * 1024
"""Above it GitHub drops the whole summary."""
_MEBIBYTE: Final = 1024 * 1024


def _nothing(_: Path) -> None:
    """Leave the place empty."""


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 * 1024 * _MEBIBYTE)


def _text(text: str | bytes) -> Callable[[Path], None]:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")

    def write(path: Path) -> None:
        path.write_bytes(raw)

    return write


BAD: Final[Mapping[str, Callable[[Path], None]]] = {
    "missing": _nothing,
    "folder": Path.mkdir,
    "fifo": os.mkfifo,
    "endless-device": lambda path: path.symlink_to("/dev/zero"),
    "dangling-link": lambda path: path.symlink_to("nowhere"),
    "2-gigabytes": _sparse,
    "33-megabytes": _text(b'{"x": "' + b"x" * (33 * _MEBIBYTE) + b'"}'),
    "empty": _text(""),
    "cut": _text('{"pull_request": {"number": 12, "head": {"sha": "aa'),
    "list": _text("[]"),
    "null": _text("null"),
    "string": _text('"pull_request"'),
    "html": _text("<h1>Bad Gateway</h1>"),
    "utf-16": _text("{}".encode("utf-16")),
    "nul": _text(b'{"a": "\0"}'),
    "lone-surrogates": _text("\ud800\ud800"),
    "twice-the-same-key": _text('{"pull_request": {}, "pull_request": {}}'),
    "nan": _text('{"a": NaN}'),
    "5000-digits": _text('{"a": ' + "9" * 5_000 + "}"),
    "depth-100000": _text("[" * 100_000),
    "no-pull-request": _text("{}"),
    "number-as-text": _text('{"pull_request": {"number": "12"}}'),
}
_NOT_UTF_8: Final = b"caf\xe9 \xff\xfe"


@pytest.mark.parametrize("how", [pytest.param(how, id=f"F1.event/{how}:reading:-") for how in BAD])
def test_f1_event(gate: Gate, how: str) -> None:
    """An event that cannot be read ends the run in words, before anything is spent."""
    path = gate.folder / "bad.json"
    BAD[how](path)
    gate.environ["GITHUB_EVENT_PATH"] = str(path)
    run = gate.run()
    assert (run.exit_code, run.outcome, run.devin, run.github) == (2, "error", (), ())
    assert "event" in run.outputs["reason"]


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(how, id=f"F1.event/{how}:reading:-")
        for how in ("not-utf-8-elsewhere", "20-megabytes", "odd-fields-elsewhere")
    ],
)
def test_f1_event_all_the_same(gate: Gate, how: str) -> None:
    """What the gate does not need of the event may be as odd as it likes."""
    gate.devin_does(working(), blocked(100, GOOD))
    path = gate.folder / "event.json"
    event = json.loads(path.read_text())
    odd: dict[str, object] = {
        "sender": [],
        "label": None,
        "installation": {"id": -1.5},
        "x": "\ud800",
        "number": {},
    }
    known: dict[str, dict[str, object]] = {
        "not-utf-8-elsewhere": {"title": "TITLE"},
        "20-megabytes": {"body": "x" * 20 * _MEBIBYTE},
        "odd-fields-elsewhere": odd,
    }
    path.write_bytes(json.dumps({**event, **known[how]}).encode().replace(b"TITLE", _NOT_UTF_8))
    run = gate.run()
    assert (run.exit_code, run.outcome, run.outputs["head_sha"]) == (0, "passed", HEAD)
    assert len(run.comments) == 1


ANY: Final = "type: object\nminProperties: 1\n"
LARGE: Final[Mapping[str, object]] = {
    "ampersands": {"risk": "&" * 200_000},
    "astral": {"risk": "\U0001f600" * 60_000},
    "many-keys": {f"{'&' * 40}{number}": "<" * 200 for number in range(700)},
    "list": [{"a": '"' * 299, "b": "&" * 299} for _ in range(50)],
    "deep": {"risk": [["\u20ac" * 300] * 20] * 9},
}


@pytest.mark.parametrize(
    "what", [pytest.param(what, id=f"F1.summary/too-large-{what}:summary:-") for what in LARGE]
)
def test_f1_large_summary(gate: Gate, what: str) -> None:
    """However large the answer, the summary stays below what GitHub would drop, whole and closed."""
    gate.devin_does(working(), blocked(100, LARGE[what], "x" * 1_000_000))
    schema = "type: array" if what == "list" else ANY
    run = gate.run(structured_output_schema=schema)
    assert (run.exit_code, run.outcome, run.output) == (0, "passed", LARGE[what])
    page = show(run.summary)
    assert len(run.summary.encode()) < MAX_SUMMARY_BYTES
    assert page.headings[0] == PASSED
    assert gate.sim.devin.sessions[0].url in page.links
