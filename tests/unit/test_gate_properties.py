"""No rule and no output make a wrong green: held against a second meaning of CEL, written here."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.gate import Gate
from entrypoint.core.gate_text import read_gate
from entrypoint.core.requirement import say_requirement
from entrypoint.core.sandbox import no_sandbox
from entrypoint.core.text import Redactor

ERROR: Final = object()
"""What an expression gives that gives nothing."""
NOBODY: Final = Redactor(())

LITERALS: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(-6, 6).map(lambda half: half / 2),
    st.sampled_from(["", "a", "b", "true", "é", "😀"]),
)
VALUES: st.SearchStrategy[Json] = st.recursive(
    LITERALS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)
OUTPUTS = st.dictionaries(st.sampled_from("abcl"), VALUES, max_size=4)
PATHS = st.sampled_from([("a",), ("b",), ("c", "a"), ("l",), ("l", "a"), ("gone",)])


@dataclass(frozen=True)
class Expression:
    """An expression as CEL has it, and what we say that it means."""

    text: str
    mean: Callable[[Any], Any]


def look_up(output: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON
    """Return what stands there, or `ERROR`."""
    for name in path:
        if not isinstance(output, dict) or name not in output:
            return ERROR
        output = output[name]
    return output


def is_equal(one: Any, other: Any) -> bool:  # noqa: ANN401 - any JSON
    """Tell whether two values are equal: numbers by value, nothing else across types."""
    if ERROR in (one, other):
        raise AssertionError
    kinds = [bool if isinstance(v, bool) else float if isinstance(v, int | float) else type(v) for v in (one, other)]  # fmt: skip
    if kinds[0] is not kinds[1]:
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_equal(one[k], other[k]) for k in one)
    return bool(one == other)


def compare(sign: str, one: Any, other: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the truth, or `ERROR` for what has no order."""
    if one is ERROR or other is ERROR:
        return ERROR
    if sign in ("==", "!="):
        return is_equal(one, other) is (sign == "==")
    groups: tuple[Any, ...] = (bool, (int, float), str)
    for group in groups:
        if isinstance(one, group) and isinstance(other, group):
            if isinstance(one, bool) is not isinstance(other, bool):
                return ERROR
            return _ORDERS[sign](one, other)
    return ERROR


_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SIGNS = st.sampled_from(["==", "!=", *_ORDERS])


def decide(values: Iterable[object], *, by: bool) -> Any:  # noqa: ANN401 - a truth or ERROR
    """Return what `&&` (by false) or `||` (by true) make of values, errors absorbed."""
    seen = list(values)
    if any(value is by for value in seen):
        return by
    return (not by) if all(value is (not by) for value in seen) else ERROR


def path_text(path: tuple[str, ...]) -> str:
    """Return the path as a rule has it."""
    return ".".join(["output", *path])


@st.composite
def leaves(draw: st.DrawFn) -> Expression:
    """Return an expression that looks at one or two values."""
    path, other, literal, sign = draw(PATHS), draw(PATHS), draw(LITERALS), draw(SIGNS)
    text, shown = path_text(path), json.dumps(literal, ensure_ascii=False)
    return draw(
        st.sampled_from(
            [
                Expression(text, lambda o: look_up(o, path)),
                Expression(
                    f"{text} {sign} {shown}", lambda o: compare(sign, look_up(o, path), literal)
                ),
                Expression(
                    f"{text} {sign} {path_text(other)}",
                    lambda o: compare(sign, look_up(o, path), look_up(o, other)),
                ),
                Expression(f"has({text})", lambda o: is_there(o, path)),
                Expression(
                    f"output.l.all(x, x {sign} {shown})",
                    lambda o: over_items(look_up(o, ("l",)), sign, literal, by=False),
                ),
                Expression(
                    f"output.l.exists(x, x {sign} {shown})",
                    lambda o: over_items(look_up(o, ("l",)), sign, literal, by=True),
                ),
            ]
        )
    )


def is_there(output: Any, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - any JSON, or ERROR
    """Return whether the object has the last name; `ERROR` where there is no object."""
    around = look_up(output, path[:-1])
    return path[-1] in around if isinstance(around, dict) else ERROR


def over_items(items: Any, sign: str, literal: Json, *, by: bool) -> Any:  # noqa: ANN401 - any JSON
    """Return what `all` and `exists` make of a list, or of the names of an object."""
    if not isinstance(items, list | dict):
        return ERROR
    return decide([compare(sign, item, literal) for item in items], by=by)


def compounds(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Return expressions of expressions."""
    return st.one_of(
        st.builds(
            lambda a, b: Expression(
                f"({a.text} && {b.text})", lambda o: decide([a.mean(o), b.mean(o)], by=False)
            ),
            inner,
            inner,
        ),
        st.builds(
            lambda a, b: Expression(
                f"({a.text} || {b.text})", lambda o: decide([a.mean(o), b.mean(o)], by=True)
            ),
            inner,
            inner,
        ),
        st.builds(
            lambda a: Expression(
                f"!({a.text})",
                lambda o: not a.mean(o) if isinstance(a.mean(o), bool) else ERROR,
            ),
            inner,
        ),
        st.builds(
            lambda a, b, c: Expression(
                f"({a.text} ? {b.text} : {c.text})",
                lambda o: (
                    {True: b, False: c}[a.mean(o)].mean(o) if isinstance(a.mean(o), bool) else ERROR
                ),
            ),
            inner,
            inner,
            inner,
        ),
    )


EXPRESSIONS = st.recursive(leaves(), compounds, max_leaves=5)


def passes(rule: str, output: Json) -> bool:
    """Tell whether a gate of one rule lets an output through."""
    facts: dict[str, Json] = {"output": output, "session": {}, "pull_request": None}
    (result,) = Gate((rule,)).evaluate(facts, no_sandbox, NOBODY)
    assert isinstance(result.detail, str)
    assert result.detail.count("`") % 2 == 0
    return result.passed


@given(EXPRESSIONS, OUTPUTS)
def test_a_rule_passes_exactly_where_it_means_true(rule: Expression, output: Json) -> None:
    """Not for an error, not for a value that is like true, not for the opposite."""
    assert read_gate(rule.text).rules == (rule.text,)
    assert passes(rule.text, output) is (rule.mean(output) is True)


@given(EXPRESSIONS, OUTPUTS)
def test_the_order_of_names_decides_nothing(rule: Expression, output: dict[str, Json]) -> None:
    """Two answers that are the same JSON are judged the same."""
    turned = dict(reversed(output.items()))
    assert passes(rule.text, turned) is passes(rule.text, output)


TOKENS: Final = (
    *("output", "session", "pull_request", ".", "a", "status", "labels", "x", "[", "]", "(", ")"),
    *("&&", "||", "!", "==", "<", "in", "?", ":", ",", "{", "}", "true", "null", "1", "2u", "0.5"),
    *("'a'", '"é"', 'r"\\"', "b'x'", "has", "all", "exists", "size", "matches", "+", "-", "/", "%"),
    *("//", "#", "\n", "\t", "`a`", "'", '"', "\\", "\u200b", "\0", "\ud800", "@team", "##[x]"),
)
TEXTS = st.text(max_size=30) | st.lists(st.sampled_from(TOKENS), max_size=12).map(" ".join)
ANYTHING: st.SearchStrategy[Json] = st.recursive(
    LITERALS
    | st.text(st.characters(codec=None), max_size=5)
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(TEXTS, ANYTHING)
def test_any_text_is_a_gate_or_a_problem(text: str, output: Json) -> None:
    """Nothing else happens, whatever stands there; and no rule passes together with its opposite."""
    gate, problem = read(text)
    assert (gate is None) is (problem != "")
    assert len(problem.splitlines()) <= 1
    for rule in gate.rules if gate else ():
        assert say_requirement(rule)
        passed = passes(rule, output)
        if "//" not in rule:
            assert not (passed and passes(f"!({rule})", output))


def read(text: str) -> tuple[Gate | None, str]:
    """Return the gate, or why there is none."""
    try:
        return read_gate(text), ""
    except DocumentError as error:
        return None, str(error)


@given(EXPRESSIONS, ANYTHING)
def test_any_output_is_judged(rule: Expression, output: Json) -> None:
    """Texts with NUL or half a character, and numbers of any size, end in a result of words."""
    passed = passes(rule.text, output)
    assert passed in (True, False)
    if passed and not isinstance(output, dict):
        assert rule.mean(output) is True
