"""Which small changes of a module the tests must notice.

The changes are those of mutmut (<https://mutmut.readthedocs.io>) and those that tables and conditions
need: an entry is left out, a branch is taken always or never. Each is made in the tree of the whole
module, since tables, limits, enums and properties decide here as much as the bodies of functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tests.mutation.changes import Change, changes_of
from tests.mutation.scope import path_of

Place: TypeAlias = tuple[ast.AST, ...]
"""A node, after those that it stands in."""
_SHOWN: Final = 48
"""So much is shown on both sides of a change where its line is longer."""


@dataclass(frozen=True)
class Mutant:
    """One module with one small change."""

    module: str
    """Its name in `entrypoint/core`."""
    where: str
    """The function, class, table or limit that is changed, as it is called in the module."""
    function: str | None
    """The function that is changed; `None` where it happens when the module is imported."""
    was: str
    """The line that is changed, or the part of it around the change."""
    becomes: str
    text: str
    """The whole module as it is then, without comments."""

    @property
    def name(self) -> str:
        """Return what tells the change from others, wherever in the file it stands."""
        return f"{self.where}: {self.was or 'nothing'} → {self.becomes or 'nothing'}"


def find_mutants(module: str) -> list[Mutant]:
    """Return each change of a module, in the order of its lines; each is valid Python."""
    tree = ast.parse(path_of(module).read_text("utf-8"))
    pieces = [ast.unparse(statement) for statement in tree.body]
    mutants = []
    for index, statement in enumerate(tree.body):
        for place in _places(statement):
            where, function = _name(place)
            for change in changes_of(place, in_function=function is not None):
                changed = _unparse_with(statement, change)
                text = "\n".join([*pieces[:index], changed, *pieces[index + 1 :]])
                was, becomes = _differing(pieces[index].splitlines(), changed.splitlines())
                mutants.append(Mutant(module, where, function, was, becomes, text))
    return mutants


def _unparse_with(statement: ast.stmt, change: Change) -> str:
    fields = vars(change.node)
    before = {**fields}
    fields.update(change.fields)
    try:
        return ast.unparse(statement)
    finally:
        fields.update(before)


def _places(node: ast.AST, around: Place = ()) -> Iterator[Place]:
    """Yield every place that says what is done, not of which type it is."""
    if _is_left_alone(node):
        return
    place = (*around, node)
    yield place
    for field, value in ast.iter_fields(node):
        if field not in {"annotation", "returns", "decorator_list", "format_spec"}:
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, ast.AST):
                    yield from _places(inner, place)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case _:
            return False


def _name(place: Place) -> tuple[str, str | None]:
    """Return a name for a place, and that of the outermost function around it."""
    names: list[str] = []
    function = None
    for node in place:
        match node:
            case ast.FunctionDef(name=name):
                names.append(name)
                function = function or ".".join(names)
            case ast.ClassDef(name=name):
                names.append(name)
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                # What functions assign has no name outside.
                names += [] if function else [name]
            case _:
                pass
    return ".".join(names), function


def _differing(one: list[str], other: list[str]) -> tuple[str, str]:
    """Return what is between the first and the last difference, whole lines if they are short."""
    lines = _middle(one, other, 0)
    before, after = (" ⏎ ".join(line.strip() for line in some) for some in lines)
    if max(len(before), len(after)) <= 2 * _SHOWN:
        return before, after
    before, after = _middle(before, after, _SHOWN)
    return f"…{before}…", f"…{after}…"


def _middle(one: Any, other: Any, around: int) -> tuple[Any, Any]:  # noqa: ANN401 - texts or lists
    """Return two sequences without what they begin and end with alike, but for so much of it."""
    shorter = min(len(one), len(other))
    start = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    left = shorter - start
    end = next((n for n in range(left) if one[-1 - n] != other[-1 - n]), left)
    start, end = max(start - around, 0), max(end - around, 0)
    return one[start : len(one) - end], other[start : len(other) - end]
