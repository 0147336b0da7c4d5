"""The scenarios of the demo: files in ``simulator/scenarios``, one story each.

A file holds ``story`` (one sentence), ``expect`` (``outcome`` and ``exit_code``), ``with`` (the
step's inputs as a workflow would write them), and optionally ``event`` (``pull_request`` or
``push``), ``cancel_after_s``, and what ``simulator.scenario`` knows of a simulation:
``timeline``, ``comments``, ``faults``. Anything else is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from simulator.scenario import Scenario, ScenarioError

FOLDER: Final = Path(__file__).parent / "scenarios"
"""Where the files are; a scenario's name is its file's."""

NAMES: Final = (
    "passed",
    "completed",
    "gate-failed",
    "invalid-output",
    "missing-output",
    "blocked",
    "suspended",
    "expired",
    "timed-out",
    "started",
    "cancelled",
    "allowed",
    "bad-input",
    "wrong-key",
    "push",
    "flaky",
    "hostile",
)
"""Every scenario, in the order in which they are shown."""

EVENTS: Final = ("pull_request", "push")

_OWN: Final = frozenset({"story", "expect", "with", "event", "cancel_after_s"})
_WORLD: Final = frozenset({"timeline", "timelines", "comments", "faults"})


@dataclass(frozen=True, slots=True)
class DemoScenario:
    """One story, what the step is given, and how it must end."""

    name: str
    story: str
    outcome: str
    exit_code: int
    inputs: Mapping[str, str]
    event: str
    cancel_after_s: float | None
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
        inputs={
            key: _as_input(value) for key, value in _mapping(fields.get("with"), "with").items()
        },
        event=_event(fields.get("event", "pull_request"), path.name),
        cancel_after_s=_seconds(fields.get("cancel_after_s"), path.name),
        world=Scenario({key: value for key, value in fields.items() if key in _WORLD}),
    )


def _as_input(value: object) -> str:
    """Return a value of YAML as the runner hands it to an action: always as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _event(value: object, where: str) -> str:
    if value in EVENTS:
        return str(value)
    raise ScenarioError(f"{where}: event must be one of {', '.join(EVENTS)}, got {value!r}")


def _mapping(value: object, where: str) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise ScenarioError(f"{where}: a mapping is needed, got {type(value).__name__}")


def _whole(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ScenarioError(f"{where}: a whole number is needed, got {value!r}")


def _seconds(value: object, where: str) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ScenarioError(f"{where}: cancel_after_s must be a number, got {value!r}")
