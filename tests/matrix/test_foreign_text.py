"""I1 and I2: what Devin, GitHub or a pull request wrote is only ever data, and never a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import pytest

from simulator import GITHUB_TOKEN
from tests.foreign_text import DISGUISES, shows_secret
from tests.matrix.hostile import FAMILIES, Texts, check_pages
from tests.matrix.sources import SOURCES, output_of
from tests.scenarios.world import GOOD, Gate, Run, blocked, working

ODD: Final = 'a/b+c"d&e=f<g>h%i\\j'
"""The end of a key, with every character that JSON, HTML, URLs and Markdown escape."""
RUNNERS: Final = "eyJhbGciOi.runtime-token_000000"
SECRETS: Final = ("key", "token", "runtime")
_ROTATIONS: Final = (0, 5, 11, 17)
_OTHERS: Final = ("comments",)
"""Sources whose text stands in other people's comments, which are not ours to change."""
_MILLION: Final = "x" * 1_000_000


def _run(gate: Gate, name: str, text: Texts, more: Mapping[str, str]) -> Run:
    source = SOURCES[name]
    gate.devin_does(working(), blocked(60, GOOD))
    source.plant(gate, text)
    run = gate.run({**source.inputs, **more}, cancellable=source.cancelled)
    assert run.outcome in source.outcomes, run.log[-2_000:]
    return run


@pytest.mark.parametrize(
    ("family", "name", "first"),
    [
        pytest.param(family, name, first, id=f"I1.{family}/{name}/{first}:{source.phase}:-")
        for name, source in SOURCES.items()
        for family, texts in FAMILIES.items()
        for first in range(len(texts))
    ],
)
def test_i1(gate: Gate, family: str, name: str, first: int) -> None:
    """No foreign command, output, mention, image, marker, HTML or hidden address anywhere."""
    text = Texts(FAMILIES[family], first)
    run = _run(gate, name, text, {})
    if name == "answer":
        assert json.loads(run.outputs["structured_output"]) == _survived(output_of(text.anew()))
    assert "\n" not in run.outputs["session_url"]
    check_pages(gate)


@pytest.mark.parametrize(
    "place",
    [pytest.param(place, id=f"I1.million/{place}:last-poll:-") for place in ("message", "key")],
)
def test_i1_million(gate: Gate, place: str) -> None:
    """A line of a million characters costs neither the log nor the comment."""
    output = {_MILLION: 1} if place == "key" else None
    gate.devin_does(working(), blocked(60, output, _MILLION if place == "message" else None))
    run = gate.run()
    assert (run.outcome, len(run.log) < 6_000) == ("invalid_output" if output else "blocked", True)
    check_pages(gate)


@pytest.mark.parametrize(
    ("secret", "name", "first"),
    [
        pytest.param(secret, name, first, id=f"I2.{secret}/{name}/{first}:{source.phase}:-")
        for name, source in SOURCES.items()
        if name not in _OTHERS
        for secret in SECRETS
        for first in _ROTATIONS
    ],
)
def test_i2(gate: Gate, secret: str, name: str, first: int) -> None:
    """A secret that comes back, in whatever disguise, is in no sink and at no other server."""
    key = gate.add_key(ODD, "user@example.com")
    value = {"key": key, "token": GITHUB_TOKEN, "runtime": RUNNERS}[secret]
    gate.environ["ACTIONS_RUNTIME_TOKEN"] = RUNNERS
    texts = [f"see {disguise(value)} end" for disguise in DISGUISES.values()]
    _run(gate, name, Texts(texts, first), {"devin_api_key": key, "output_file": "devin.json"})
    for run in gate.runs:
        log = "\n".join(line for line in run.log.split("\n") if "::add-mask::" not in line)
        told = [log, run.summary, json.dumps([*run.outputs.items(), *run.state.items()])]
        assert shows_secret("\0".join((*told, *run.comments)), value) is None


def _survived(value: object) -> object:
    """Return a value as it is after UTF-8, which has no lone surrogates."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
