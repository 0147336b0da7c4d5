"""Scenario files: what a simulation is to do, as YAML.

Keys, all optional: ``speed`` (simulated seconds in a real one), ``devin_key``,
``github_token``, ``repository``, ``timeline`` (one) or ``timelines`` (one a session),
``pull_request`` or ``pull_requests``, ``comments``, ``faults``. Anything else is an error
that names what is known. A ``devin_key`` that begins with ``cog_`` opens the API v3. A fault has
an ``operation`` of Devin's, or a ``method`` and a ``path``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml

from simulator import (
    DEVIN_KEY,
    GITHUB_TOKEN,
    Answer,
    CutBody,
    CutChunked,
    Delay,
    Drip,
    Fault,
    Raw,
    Redirect,
    Reset,
    Silence,
    Simulation,
    SystemClock,
)
from simulator.github_store import DEFAULT_REPOSITORY
from simulator.timeline_data import read_timeline

if TYPE_CHECKING:
    from pathlib import Path

_KEYS: Final = frozenset(
    {
        "speed",
        "devin_key",
        "github_token",
        "repository",
        "timeline",
        "timelines",
        "pull_request",
        "pull_requests",
        "comments",
        "faults",
    }
)
_FAULT_KEYS: Final = frozenset(
    {"server", "operation", "method", "path", "times", "skip", "after_commit"}
)


class ScenarioError(ValueError):
    """A scenario file that cannot be read; the message names the place."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file, its top level checked."""

    data: Mapping[str, object]

    @classmethod
    def read(cls, path: Path) -> Scenario:
        """Read the file; raises ``ScenarioError``."""
        try:
            data: object = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, yaml.YAMLError) as error:
            message = f"{path}: {error}"
            raise ScenarioError(message) from error
        return cls(_mapping({} if data is None else data, "scenario", _KEYS))

    def start(self) -> Simulation:
        """Serve the scenario on real time; the caller closes it."""
        simulation = Simulation(
            SystemClock(speed=_number(self.data.get("speed", 1.0), "speed")),
            devin_key=str(self.data.get("devin_key", DEVIN_KEY)),
            github_token=str(self.data.get("github_token", GITHUB_TOKEN)),
        )
        try:
            self.arrange(simulation)
        except BaseException:
            simulation.close()
            raise
        return simulation

    def arrange(self, simulation: Simulation) -> None:
        """Bring timelines, pull requests, comments and faults into a simulation."""
        repository = str(self.data.get("repository", DEFAULT_REPOSITORY))
        timelines = [read_timeline(item) for item in self._items("timeline")]
        if timelines:
            simulation.devin.script(*timelines)
        for item in self._items("pull_request"):
            given = {"repository": repository, **_mapping(item, "pull_request")}
            _call(simulation.github.add_pull, given, "pull_request")
        for item in self._items("comments"):
            given = {"repository": repository, **_mapping(item, "comments")}
            _call(simulation.github.add_comment, given, "comments")
        for item in self._items("faults"):
            _inject(simulation, _mapping(item, "faults"))

    def _items(self, name: str) -> list[object]:
        """Return the value of ``name`` (one), of its plural (many), or nothing."""
        if not name.endswith("s") and name in self.data:
            return [self.data[name]]
        plural = name if name.endswith("s") else f"{name}s"
        items = self.data.get(plural, [])
        if not isinstance(items, list):
            message = f"{plural}: a list is needed"
            raise ScenarioError(message)
        return items


def _inject(simulation: Simulation, item: Mapping[str, object]) -> None:
    """Plan one fault: its kind is the one key that is not about when and where."""
    kinds = [name for name in item if name not in _FAULT_KEYS]
    if len(kinds) != 1 or kinds[0] not in _FAULTS:
        message = f"faults: one of {', '.join(sorted(_FAULTS))} is needed, got {sorted(item)}"
        raise ScenarioError(message)
    fault = _call(_FAULTS[kinds[0]], _mapping(item[kinds[0]] or {}, kinds[0]), kinds[0])
    where = {"devin": simulation.devin, "github": simulation.github}.get(str(item.get("server")))
    if where is None:
        message = f"faults: server must be devin or github, got {item.get('server')!r}"
        raise ScenarioError(message)
    how = {name: item[name] for name in ("times", "skip", "after_commit") if name in item}
    target = item.get("operation", item.get("path", "*"))
    given = {"method": item.get("method", "*"), "path_pattern": target, **how}
    _call(where.inject, {**given, "fault": fault}, "faults")


def _make_answer(
    status: int, body: object = "", headers: Mapping[str, object] | None = None
) -> Answer:
    pairs = tuple((name, str(value)) for name, value in (headers or {}).items())
    return Answer(status, body, pairs)


def _make_raw(text: str) -> Raw:
    return Raw(text.encode())


_FAULTS: Final[Mapping[str, Callable[..., Fault]]] = {
    "answer": _make_answer,
    "reset": Reset,
    "cut_body": CutBody,
    "cut_chunked": CutChunked,
    "silence": Silence,
    "drip": Drip,
    "delay": Delay,
    "raw": _make_raw,
    "redirect": Redirect,
}


def _call(make: Callable[..., object], given: Mapping[str, object], where: str) -> object:
    """Call with the file's names as arguments; a wrong name is the file's error."""
    try:
        return make(**given)
    except (TypeError, ValueError) as error:
        message = f"{where}: {error}"
        raise ScenarioError(message) from error


def _mapping(data: object, where: str, known: frozenset[str] | None = None) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        message = f"{where}: a mapping is needed, got {type(data).__name__}"
        raise ScenarioError(message)
    unknown = sorted(str(name) for name in data if known is not None and name not in known)
    if unknown:
        message = (
            f"{where}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known or ()))}"
        )
        raise ScenarioError(message)
    return data


def _number(value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    message = f"{where}: a number over 0 is needed, got {value!r}"
    raise ScenarioError(message)
