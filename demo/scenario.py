"""The scenarios of the demo: files in ``demo/scenarios``, one story each.

A file holds ``story`` (one sentence), ``expect`` (``outcome`` and ``exit_code``), ``with`` (the
step's inputs as a workflow would write them), and optionally ``event`` (one of
``demo.payloads.EVENTS``), ``api`` (``v1`` or ``v3``), ``before`` (inputs of the same step in runs that came first),
``meanwhile`` (what people do while the run goes on: after so many seconds ``cancel`` the run,
``archive`` the session, or ``push`` a commit), and what ``simulator.scenario`` knows of a
simulation: ``timeline``, ``comments``, ``faults``. Anything else is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from demo.payloads import EVENTS
from simulator.scenario import Scenario, ScenarioError

FOLDER: Final = Path(__file__).parent / "scenarios"
"""Where the files are; a scenario's name is its file's."""

NAMES: Final = (
    "passed",
    "repaired",
    "gate-failed",
    "invalid-output",
    "missing-output",
    "blocked",
    "needs-approval",
    "limit-reached",
    "suspended",
    "expired",
    "session-failed",
    "timed-out",
    "started",
    "cancelled",
    "stale",
    "completed",
    "allowed",
    "not-allowed",
    "skipped",
    "two-gates",
    "push",
    "bad-input",
    "no-key",
    "wrong-key",
    "no-permission",
    "devin-down",
    "flaky",
    "hostile",
)
"""Every scenario, in the order in which they are shown."""

DEEDS: Final = ("cancel", "archive", "push")

_OWN: Final = frozenset({"story", "expect", "with", "event", "api", "before", "meanwhile"})
_WORLD: Final = frozenset({"timeline", "timelines", "comments", "faults"})


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does so many seconds after the beginning."""

    after_s: float
    what: str


@dataclass(frozen=True, slots=True)
class DemoScenario:
    """One story, what the step is given, and how it must end."""

    name: str
    story: str
    outcome: str
    exit_code: int
    inputs: Mapping[str, str]
    event: str
    api: str
    before: tuple[Mapping[str, str], ...]
    meanwhile: tuple[Deed, ...]
    world: Scenario


class UnknownScenarioError(ValueError):
    """No scenario has this name; the message lists the known ones."""

    def __init__(self, name: str) -> None:
        """Say it."""
        known = "".join(f"\n  {known}" for known in (*NAMES, "all"))
        super().__init__(f"There is no scenario {name!r}. Known are:{known}")


def choose_names(wanted: str) -> tuple[str, ...]:
    """Return the scenarios that are meant, ``all`` of them or one; `-` and `_` are alike.

    Raises ``UnknownScenarioError``.
    """
    name = wanted.strip().lower().replace("_", "-")
    if name == "all":
        return NAMES
    if name not in NAMES:
        raise UnknownScenarioError(wanted)
    return (name,)


def read_scenario(name: str, folder: Path = FOLDER) -> DemoScenario:
    """Read one file; raises ``ScenarioError``."""
    path = folder / f"{name}.yml"
    try:
        data: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ScenarioError(f"{path}: {error}") from error
    fields = _mapping(data, path.name)
    unknown = sorted(set(fields) - _OWN - _WORLD)
    if unknown:
        known = ", ".join(sorted(_OWN | _WORLD))
        raise ScenarioError(f"{path.name}: unknown {', '.join(unknown)}; known are {known}")
    expected = _mapping(fields.get("expect"), f"{path.name}: expect")
    return DemoScenario(
        name=name,
        story=" ".join(str(fields.get("story", "")).split()),
        outcome=str(expected.get("outcome")),
        exit_code=_whole(expected.get("exit_code"), f"{path.name}: expect.exit_code"),
        inputs=_inputs(fields.get("with"), f"{path.name}: with"),
        event=_choose(fields, "event", tuple(EVENTS), path.name),
        api=_choose(fields, "api", ("v1", "v3"), path.name),
        before=tuple(
            _inputs(item, f"{path.name}: before") for item in _items(fields, "before", path.name)
        ),
        meanwhile=tuple(
            _deed(item, f"{path.name}: meanwhile")
            for item in _items(fields, "meanwhile", path.name)
        ),
        world=Scenario({key: value for key, value in fields.items() if key in _WORLD}),
    )


def _as_input(value: object) -> str:
    """Return a value of YAML as the runner hands it to an action: always as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _choose(fields: Mapping[str, object], name: str, known: tuple[str, ...], where: str) -> str:
    """Return the field's value, which must be known; without one the first."""
    value = fields.get(name, known[0])
    if value in known:
        return str(value)
    raise ScenarioError(f"{where}: {name} must be one of {', '.join(known)}, got {value!r}")


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise ScenarioError(f"{where}: a mapping is needed, got {type(value).__name__}")


def _whole(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ScenarioError(f"{where}: a whole number is needed, got {value!r}")


def _inputs(value: object, where: str) -> Mapping[str, str]:
    return {key: _as_input(item) for key, item in _mapping(value, where).items()}


def _items(fields: Mapping[str, object], name: str, where: str) -> list[object]:
    value = fields.get(name, [])
    if isinstance(value, list):
        return value
    raise ScenarioError(f"{where}: {name} must be a list, got {value!r}")


def _deed(value: object, where: str) -> Deed:
    fields = _mapping(value, where)
    after_s, what = fields.get("after_s"), fields.get("do")
    if set(fields) != {"after_s", "do"} or not isinstance(after_s, int) or what not in DEEDS:
        raise ScenarioError(f"{where}: after_s and do ({', '.join(DEEDS)}) are needed: {value!r}")
    return Deed(after_s, str(what))
