"""The team's gate: CEL expressions over Devin's answer, all of which must be exactly `true`.

A rule that cannot be computed, or gives anything but `true`, is not true. Each result says what
decided it. How a gate is read and checked is in `entrypoint.core.gate_text`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from entrypoint.core.cel import compute_rules, find_offenders
from entrypoint.core.facts import find_unusable
from entrypoint.core.rule_paths import Path, find_paths
from entrypoint.core.sandbox import Sandbox, Unfinished
from entrypoint.core.text import Redactor, quote, quote_json

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

MAX_SHOWN: Final = 8
"""Most values that one rule's result shows."""
_SHORT: Final = 60
"""Longest list or object that is shown in whole, in characters of JSON."""
_LACKING: Final = ("Key not found", "Applying SELECT", "Index error")
"""How the CEL library's words begin where a value is not there; ours say which."""


@dataclass(frozen=True)
class GateResult:
    """What became of one rule."""

    rule: str
    passed: bool
    """Whether it gave exactly `true`."""
    detail: str
    """What decided it, in one line of ours; what is foreign stands between backticks."""

    def say(self) -> str:
        """Return it as a line of the log."""
        return f"{'✅' if self.passed else '❌'} {quote(self.rule, 200)}: {self.detail}"

    def as_json(self) -> dict[str, Json]:
        """Return the form of the output `gate_results`."""
        return {"rule": self.rule, "passed": self.passed, "detail": self.detail}


@dataclass(frozen=True)
class Gate:
    """Rules that were checked, at least one."""

    rules: tuple[str, ...]

    @property
    def paths(self) -> Iterator[Path]:
        """Yield every value that a rule looks at."""
        return (path for rule in self.rules for path in find_paths(rule))

    @property
    def needs_more_than_merge_group(self) -> bool:
        """Tell whether a rule needs what the event of a merge queue does not say."""
        said = {"number", "head_sha", "base_ref"}
        asked = (path.steps for path in self.paths if path.steps[0] == "pull_request")
        return any(not said & {*steps[1:2]} for steps in asked)

    def evaluate(
        self, facts: Mapping[str, Json], sandbox: Sandbox, redactor: Redactor
    ) -> tuple[GateResult, ...]:
        """Return what becomes of each rule, in their order; computed in the sandbox.

        Judged is what Devin sent; what a detail shows of it is without the redactor's secrets.
        """
        odd = find_unusable(dict(facts))
        if odd:
            return self._fail(f"{quote(redactor.redact(odd[0]))} {odd[1]}")
        try:
            told: Any = sandbox(partial(compute_rules, self.rules, facts))
        except Unfinished as error:
            return self._fail(f"the gate {error}")
        found = [_Found(rule, *one) for rule, one in zip(self.rules, told, strict=True)]
        show = _Show(facts, redactor, _find_offenders(found, facts, sandbox))
        return tuple(GateResult(one.rule, one.passed, show.describe(one)) for one in found)

    def _fail(self, why: str) -> tuple[GateResult, ...]:
        return tuple(GateResult(rule, passed=False, detail=why) for rule in self.rules)


@dataclass(frozen=True)
class _Found:
    """What computing a rule gave, as `compute_rules` tells it."""

    rule: str
    kind: str
    said: str

    @property
    def passed(self) -> bool:
        return (self.kind, self.said) == ("bool", "true")


def _find_offenders(
    found: list[_Found], facts: Mapping[str, Json], sandbox: Sandbox
) -> dict[Path, int | str]:
    """Return, for each `.all(…)` of a rule that is false, which item or field makes it so."""
    paths = [path for one in found if not one.passed for path in find_paths(one.rule) if path.every]
    if not paths:
        return {}
    try:
        told: Any = sandbox(partial(find_offenders, paths, facts))
    except Unfinished:  # the verdict stands without it
        return {}
    return {path: at for path, at in zip(paths, told, strict=True) if at is not None}


@dataclass(frozen=True)
class _Show:
    """Says in words what decided."""

    facts: Mapping[str, Json]
    redactor: Redactor
    offenders: Mapping[Path, int | str]

    def describe(self, found: _Found) -> str:
        """Return what decided a rule."""
        paths = find_paths(found.rule)
        # Where an item decided, the value that it is of is told with it alone.
        with_item = {path.steps for path in paths if path in self.offenders}
        telling = (one for one in paths if one in self.offenders or one.steps not in with_item)
        shown = list(dict.fromkeys(map(self._say, telling)))
        more = len(shown) - MAX_SHOWN
        parts = [*shown[:MAX_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        is_said = found.said.startswith(_LACKING) and any(map(self._is_missing, paths))
        if found.kind == "error" and not is_said:
            parts.append(f"cannot be computed: {quote(self.redactor.redact(found.said))}")
        elif found.kind not in ("error", "bool"):
            parts.append(f"gives {found.kind}, not true or false")
        return "; ".join(parts)

    def _say(self, path: Path) -> str:
        name = quote(self.redactor.redact(str(path)))
        if path.steps[0] == "pull_request" and self.facts["pull_request"] is None:
            return "there is no pull request"
        if self._is_missing(path):
            return f"{name} is not there"
        value = path.look_up(self.facts)
        if not isinstance(value, list | dict) or self._fits(value):
            return f"{name} = {self._show(value)}"
        noun = "item" if isinstance(value, list) else "field"
        count = f"{len(value)} {noun}{'s' * (len(value) != 1)}"
        return f"{name} has {count}{self._say_offender(path)}"

    def _say_offender(self, path: Path) -> str:
        """Return which item makes an `.all(…)` false, where that is known."""
        if path not in self.offenders:
            return ""
        item = path.to(self.offenders[path])
        name = quote(self.redactor.redact(str(item)))
        return f"; {name} = {self._show(item.look_up(self.facts))}"

    def _fits(self, value: Json) -> bool:
        return len(json.dumps(value, ensure_ascii=False)) <= _SHORT

    def _is_missing(self, path: Path) -> bool:
        try:
            path.look_up(self.facts)
        except LookupError:
            return True
        return False

    def _show(self, value: Json) -> str:
        # With blanks, unlike `write_json`: a page can break the line there.
        shown = self.redactor.redact_json(value)
        return quote_json(json.dumps(shown, ensure_ascii=False))
