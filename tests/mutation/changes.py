"""The small changes of one node: the operators of mutmut, and entries and branches left out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

_Fields: TypeAlias = Mapping[str, Any]
_Find: TypeAlias = Callable[[Any], Iterator[_Fields]]

_OPPOSITES: Final = (
    (ast.Add, ast.Sub),
    (ast.Mult, ast.Div),
    (ast.LShift, ast.RShift),
    (ast.BitAnd, ast.BitOr),
    (ast.UAdd, ast.USub),
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.Eq, ast.NotEq),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.And, ast.Or),
)
SWAPPED: Final[dict[type, type]] = {
    **{one: other for pair in _OPPOSITES for one, other in (pair, pair[::-1])},
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Div,
    ast.BitXor: ast.BitAnd,
    ast.Pow: ast.Mult,
}
_METHODS: Final = (
    ("lower", "upper"),
    ("lstrip", "rstrip"),
    ("find", "rfind"),
    ("ljust", "rjust"),
    ("index", "rindex"),
    ("removeprefix", "removesuffix"),
    ("partition", "rpartition"),
    ("split", "rsplit"),
)
SWAPPED_METHODS: Final = dict([*_METHODS, *(pair[::-1] for pair in _METHODS)])
_ONLY_RAISES: Final = ("len", "isinstance")
"""Calls that any other argument would break, which every test would notice."""


@dataclass(frozen=True)
class Change:
    """Other values for some fields of a node."""

    node: ast.AST
    fields: Mapping[str, Any]


def changes_of(place: Sequence[ast.AST], *, in_function: bool) -> Iterator[Change]:
    """Yield each change of the last node of a place, the nodes that it stands in before it."""
    node = place[-1]
    parent = place[-2] if len(place) > 1 else None
    match node:
        case ast.Constant() if isinstance(parent, ast.JoinedStr):
            return
        case ast.Tuple() if in_function and not _is_looked_through(node, parent):
            return
        case _:
            pass
    for kind, find in (*_OPERATORS, *(_NOTHING if in_function else ())):
        if isinstance(node, kind):
            yield from (Change(node, fields) for fields in find(node))


def _is_looked_through(node: ast.Tuple, parent: ast.AST | None) -> bool:
    """Tell whether a tuple is a table; a pair that lacks its half only raises."""
    match parent:
        case ast.Compare() | ast.ExceptHandler():
            return True
        case ast.For(iter=table) | ast.comprehension(iter=table):
            return table is node
        case _:
            return False


def _constant(node: ast.Constant) -> Iterator[_Fields]:
    match node.value:
        case bool() as value:
            yield {"value": not value}
        case int() | float() as value:
            yield {"value": value + 1}
        case str() as value:
            yield {"value": f"XX{value}XX"}
        case bytes() as value:
            yield {"value": b"XX" + value + b"XX"}
        case _:
            pass


def _text(node: ast.JoinedStr) -> Iterator[_Fields]:
    yield {"values": [ast.Constant("XX"), *node.values, ast.Constant("XX")]}


def _operator(node: ast.BinOp | ast.UnaryOp | ast.AugAssign) -> Iterator[_Fields]:
    if other := SWAPPED.get(type(node.op)):
        yield {"op": other()}


def _not(node: ast.UnaryOp) -> Iterator[_Fields]:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield {"operand": ast.UnaryOp(node.op, node.operand)}


def _comparison(node: ast.Compare) -> Iterator[_Fields]:
    for index, op in enumerate(node.ops):
        yield {"ops": [*node.ops[:index], SWAPPED[type(op)](), *node.ops[index + 1 :]]}


def _junction(node: ast.BoolOp) -> Iterator[_Fields]:
    """Yield `a and b and c` with one of its operators changed, read from the left."""
    other = SWAPPED[type(node.op)]()
    for index in range(1, len(node.values)):
        before, after = node.values[:index], node.values[index + 1 :]
        left = ast.BoolOp(node.op, before) if index > 1 else before[0]
        changed = [left, node.values[index]]
        if after:
            yield {"values": [ast.BoolOp(other, changed), *after]}
        else:
            yield {"op": other, "values": changed}


def _arguments(node: ast.Call) -> Iterator[tuple[str, list[Any], int]]:
    """Yield where each argument stands: the field, what it holds, and at which index."""
    if isinstance(node.func, ast.Name) and node.func.id in _ONLY_RAISES:
        return
    for field in ("args", "keywords"):
        given = getattr(node, field)
        yield from ((field, given, index) for index in range(len(given)))


def _without_argument(node: ast.Call) -> Iterator[_Fields]:
    if len(node.args) + len(node.keywords) > 1:
        for field, given, index in _arguments(node):
            yield {field: [*given[:index], *given[index + 1 :]]}


def _nothing_given(node: ast.Call) -> Iterator[_Fields]:
    for field, given, index in _arguments(node):
        if nothing := _nothing_for(given[index]):
            yield {field: [*given[:index], nothing, *given[index + 1 :]]}


def _nothing_for(argument: ast.AST) -> ast.AST | None:
    match argument:
        case ast.Starred() | ast.keyword(arg=None) | ast.keyword(value=ast.Constant(value=None)):
            return None
        case ast.keyword(arg=name):
            return ast.keyword(name, ast.Constant(None))
        case ast.Constant(value=None):
            return None
        case _:
            return ast.Constant(None)


def _method(node: ast.Attribute) -> Iterator[_Fields]:
    if other := SWAPPED_METHODS.get(node.attr):
        yield {"attr": other}


def _nothing(field: str, otherwise: Any) -> _Find:  # noqa: ANN401 - any constant
    """Return the change to `None`, and of what is `None` to something else."""

    def find(node: ast.AST) -> Iterator[_Fields]:
        match getattr(node, field):
            case ast.Constant(value=None):
                yield {field: ast.Constant(otherwise)}
            case ast.expr():
                yield {field: ast.Constant(None)}
            case _:
                pass

    return find


def _forced(field: str) -> _Find:
    """Return the changes to a condition that never holds, and to one that always does."""

    def find(node: ast.AST) -> Iterator[_Fields]:
        if condition := getattr(node, field):
            for forced in _never_and_always(condition):
                yield {field: forced}

    return find


def _filter(node: ast.comprehension) -> Iterator[_Fields]:
    for index, condition in enumerate(node.ifs):
        for forced in _never_and_always(condition):
            yield {"ifs": [*node.ifs[:index], forced, *node.ifs[index + 1 :]]}


def _never_and_always(condition: ast.expr) -> Iterator[ast.expr]:
    yield ast.BoolOp(ast.And(), [condition, ast.Constant(value=False)])
    yield ast.BoolOp(ast.Or(), [condition, ast.Constant(value=True)])


def _without_each(*fields: str, least: int = 0) -> _Find:
    """Return the changes to a node without one of its entries."""

    def find(node: ast.AST) -> Iterator[_Fields]:
        entries = {field: getattr(node, field) for field in fields}
        length = len(entries[fields[0]])
        for index in range(length if length > least else 0):
            yield {field: [*of[:index], *of[index + 1 :]] for field, of in entries.items()}

    return find


def _statements(field: str) -> _Find:
    """Return the changes to a block where a name is set anew, or a loop goes on otherwise."""

    def find(node: ast.AST) -> Iterator[_Fields]:
        block = getattr(node, field, None)
        if not isinstance(block, list):
            return
        for index, statement in enumerate(block):
            if other := _other_statement(statement):
                yield {field: [*block[:index], other, *block[index + 1 :]]}

    return find


def _other_statement(statement: ast.stmt) -> ast.stmt | None:
    match statement:
        case ast.AugAssign(target=target, value=value):
            return ast.Assign([target], value, lineno=0)
        case ast.Continue():
            return ast.Break()
        case ast.Break():
            return ast.Return()
        case _:
            return None


_OPERATORS: Final[tuple[tuple[Any, _Find], ...]] = (
    (ast.Constant, _constant),
    (ast.JoinedStr, _text),
    (ast.BinOp | ast.UnaryOp | ast.AugAssign, _operator),
    (ast.UnaryOp, _not),
    (ast.Compare, _comparison),
    (ast.BoolOp, _junction),
    (ast.Call, _without_argument),
    (ast.Attribute, _method),
    (ast.If | ast.IfExp, _forced("test")),
    (ast.match_case, _forced("guard")),
    (ast.comprehension, _filter),
    (ast.Match, _without_each("cases", least=1)),
    (ast.Set | ast.List | ast.Tuple, _without_each("elts")),
    (ast.Dict, _without_each("keys", "values")),
    (ast.AST, _statements("body")),
    (ast.AST, _statements("orelse")),
)
_NOTHING: Final[tuple[tuple[Any, _Find], ...]] = (
    (ast.Call, _nothing_given),
    (ast.Lambda, _nothing("body", 0)),
    (ast.Assign | ast.AnnAssign, _nothing("value", "")),
)
"""Not for tables and limits, where `None` breaks the import and tells nothing."""
