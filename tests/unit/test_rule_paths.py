"""Which values a rule looks at, read from its text."""

from __future__ import annotations

import pytest

from entrypoint.core.documents import Json
from entrypoint.core.rule_paths import find_paths


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        ('output.risk == "low"', ["output.risk"]),
        ("!output.tests.pass", ["output.tests.pass"]),
        ("output", ["output"]),
        ("output . a [ 1 ] . b", ["output.a[1].b"]),
        ("output.a[0][12].b", ["output.a[0][12].b"]),
        ('output["a b"].c', ['output["a b"].c']),
        ("output['a'].c", ["output.a.c"]),
        ("output.`a-b`.c", ['output["a-b"].c']),
        ("output.a[output.b].c", ["output.a", "output.b"]),
        ("output.a[-1]", ["output.a"]),
        ("output.a[0 + 1]", ["output.a"]),
        (r'output["a\"b"].c', ["output"]),
        ('output.name.startsWith("output.x")', ["output.name"]),
        ("size(output.a) > session.duration_seconds", ["output.a", "session.duration_seconds"]),
        ("pull_request.labels.exists(l, l == 'output.x')", ["pull_request.labels"]),
        ("output.a.b() && output.c", ["output.a", "output.c"]),
        ("x.output.y == 1", []),
        ("output(1)", []),
        ("outputs.a && my_output.b", []),
        ("output.a // output.b", ["output.a"]),
        ('"// output.a" == output.b', ["output.b"]),
        (r'r"\" + output.a', ["output.a"]),
        (r'b"\"output.x" == output.a', ["output.a"]),
        ("'''a'b output.x''' == output.a", ["output.a"]),
        ('"""a"b output.x""" == output.a', ["output.a"]),
        ('R"""\\""" == output.a', ["output.a"]),
        ("has(output.a) ? output.a : true", ["output.a", "output.a"]),
        ("output.-x", ["output"]),
        ("'never closed output.x", ["output.x"]),
        ("", []),
    ],
)
def test_a_rule_names_the_values_that_it_looks_at(rule: str, paths: list[str]) -> None:
    """Names in strings, comments and fields of something else are none of them."""
    found = find_paths(rule)
    assert [str(path) for path in found] == paths
    assert all(rule[path.start :].startswith(str(path.steps[0])) for path in found)
    assert all(rule[path.start : path.end].strip() == rule[path.start : path.end] for path in found)


@pytest.mark.parametrize(
    ("rule", "every"),
    [
        ('output.f.all(x, x.s == "a)" && (x.t > 1))', ("x", 'x.s == "a)" && (x.t > 1)')),
        ("output.f.all(x, [1].all(y, y == x))", ("x", "[1].all(y, y == x)")),
        ("output.f.exists(x, x == 1)", None),
        ("output.f.all(x)", None),
        ("output.f.all(x, x", None),
        ("output.f.all", None),
        ("output.all == 1", None),
    ],
)
def test_what_must_be_true_of_every_item_is_read(rule: str, every: tuple[str, str] | None) -> None:
    """The condition is taken whole, whatever brackets and strings it holds."""
    (path,) = find_paths(rule)
    assert path.every == every


OUTPUT: Json = {"a": [{"b": 1}, None], "é f": "x", "0": 5}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("output.a[0].b", 1),
        ("output.a[1]", None),
        ('output["é f"]', "x"),
        ('output["0"]', 5),
        ("output.a[2]", LookupError),
        ("output.a[1].b", LookupError),
        ("output.a.b", LookupError),
        ("output[0]", LookupError),
        ("output.b", LookupError),
        ("output.a[0].b.c", LookupError),
        ("session.url", LookupError),
    ],
)
def test_a_path_leads_to_its_value(path: str, value: object) -> None:
    """Names lead into objects and indexes into lists, and nothing else leads anywhere."""
    (found,) = find_paths(path)
    if value is LookupError:
        with pytest.raises(LookupError):
            found.look_up({"output": OUTPUT})
    else:
        assert found.look_up({"output": OUTPUT}) == value
