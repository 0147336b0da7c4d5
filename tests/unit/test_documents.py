"""What can be read in two ways is not read at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.documents import (
    DocumentError,
    Flaw,
    Json,
    find_flaws,
    read_json,
    read_json_or_yaml,
    read_json_with_flaws,
    read_yaml,
    write_json,
)

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(ANY_JSON)
def test_a_value_survives_being_written_and_read(value: Json) -> None:
    """What a later step reads from an output is what Devin sent."""
    text = write_json(value)
    assert write_json(read_json(text)) == text
    assert read_json(text) == value
    assert json.loads(text) == value


@given(st.dictionaries(st.text(), st.integers()), st.randoms(use_true_random=False))
def test_equal_values_have_one_text(value: dict[str, Json], random: Random) -> None:
    """The order in which keys were written makes no other question and no other output."""
    items = list(value.items())
    random.shuffle(items)
    assert write_json(dict(items)) == write_json(value)


def test_written_json_is_compact_and_readable() -> None:
    """A shell's `jq` and a person get the same short text, with letters as letters."""
    assert write_json({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"a":1,"a":2}', "the key .a. twice", id="duplicate key"),
        pytest.param('{"x":[{"a":1,"b":0,"a":1}]}', "the key .a. twice", id="duplicate below"),
        pytest.param('{"a":NaN}', "NaN", id="NaN"),
        pytest.param("[Infinity]", "Infinity", id="Infinity"),
        pytest.param("-Infinity", "-Infinity", id="-Infinity"),
        pytest.param("1e999", "too large", id="a float past the range"),
        pytest.param("-1e999", "too large", id="a negative float past the range"),
        pytest.param("9" * 4301, "thousands of digits", id="4301 digits"),
        pytest.param("[" * 101 + "]" * 101, "deeper than 100", id="depth 101"),
        pytest.param('{"a":' * 101 + "1" + "}" * 101, "deeper than 100", id="objects 101 deep"),
        pytest.param("[" * 100_000, "deeper than 100", id="depth 100,000"),
        pytest.param("", "not JSON", id="nothing"),
        pytest.param("<html>", "not JSON", id="HTML"),
        pytest.param("\ufeff{}", "not JSON", id="byte order mark"),
        pytest.param("{} {}", "not JSON", id="two documents"),
        pytest.param("{'a': 1}", "not JSON", id="single quotes"),
        pytest.param('"a\nb"', "not JSON", id="a line break in a string"),
        pytest.param('["unended', "not JSON", id="cut"),
    ],
)
def test_ambiguous_json_is_not_read(text: str, reason: str) -> None:
    """A text that two readers would take for two things decides nothing."""
    with pytest.raises(DocumentError, match=reason.replace("[", r"\[")):
        read_json(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("[" * 100 + "]" * 100, 100, id="depth 100"),
        pytest.param('["' + "[" * 500 + '"]', 1, id="brackets in a string"),
        pytest.param(r'["\"[[[' + "[" * 200 + '"]', 1, id="brackets after an escaped quote"),
        pytest.param("[[],[]" + ",[]" * 300 + "]", 2, id="many beside each other"),
    ],
)
def test_only_real_depth_counts(text: str, value: int) -> None:
    """An answer is refused for its depth only where it is deep."""
    depth, part = 0, read_json(text)
    while isinstance(part, list):
        depth, part = depth + 1, part[0] if part else None
    assert depth == value


def test_yaml_may_be_100_levels_deep() -> None:
    """Both languages have the same limit of depth."""
    lines = [" " * level + "- " + "- a" * (level == 98) for level in range(99)]
    assert read_yaml("\n".join(lines))
    with pytest.raises(DocumentError, match="deeper than 100"):
        read_yaml("\n".join([*lines[:-1], " " * 98 + "- - - a"]))


def test_4300_digits_are_read() -> None:
    """A long number is a number up to the limit that is promised."""
    assert read_json("9" * 4300) == 10**4300 - 1


def test_an_answer_cut_inside_a_string_is_refused_at_once() -> None:
    """A cut answer full of quotation marks holds the step for no time at all."""
    began_s = time.perf_counter()
    with pytest.raises(DocumentError, match="not JSON"):
        read_json('{"message":"' + r"\"" * 20_000)
    assert time.perf_counter() - began_s < 1


def test_a_lenient_reading_keeps_the_rest() -> None:
    """A flaw inside one field hides no other field."""
    value = read_json_with_flaws('{"status":"ok","out":{"a":[1,{"b":NaN}],"c":{"x":1,"x":2}}}')
    assert isinstance(value, dict)
    assert value["status"] == "ok"
    assert find_flaws(value) == [
        ("$.out.a[1].b", Flaw("NaN, which JSON does not have")),
        ("$.out.c", Flaw("a key that stands twice", "x")),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("enum: [yes, no, on, off]", {"enum": ["yes", "no", "on", "off"]}, id="yes no"),
        pytest.param("a: [true, False, TRUE]", {"a": [True, False, True]}, id="booleans"),
        pytest.param("a: [~, null, Null, ]", {"a": [None, None, None]}, id="nulls"),
        pytest.param("a:", {"a": None}, id="nothing is null"),
        pytest.param("a: [1, -2, +3, 0]", {"a": [1, -2, 3, 0]}, id="integers"),
        pytest.param(
            "a: [1.5, .5, 1., 1e3, -2.5E-1]", {"a": [1.5, 0.5, 1.0, 1e3, -0.25]}, id="floats"
        ),
        pytest.param("a: [1_000, 0b1, 1:30]", {"a": ["1_000", "0b1", "1:30"]}, id="1.1 numbers"),
        pytest.param(
            "a: [2026-11-01, 01.02.2026, 007-1, 00:30]",
            {"a": ["2026-11-01", "01.02.2026", "007-1", "00:30"]},
            id="dates and the like",
        ),
        pytest.param(
            "a: ['0x1f', \"007\", '.nan']", {"a": ["0x1f", "007", ".nan"]}, id="quoted numbers"
        ),
        pytest.param("a: [0, -0, 0.5, 0e1, 10]", {"a": [0, 0, 0.5, 0.0, 10]}, id="zeros"),
        pytest.param('"1": x', {"1": "x"}, id="a quoted key"),
        pytest.param("'<<': x", {"<<": "x"}, id="a quoted merge key"),
        pytest.param("a: 'true'", {"a": "true"}, id="a quoted boolean"),
        pytest.param("a: |\n  b\n  c\n", {"a": "b\nc\n"}, id="a block"),
        pytest.param(r'a: "\u2028\u0085"', {"a": "\u2028\x85"}, id="escaped line breaks of 1.1"),
    ],
)
def test_yaml_is_read_as_version_1_2(text: str, value: Json) -> None:
    """`no` in a list of allowed words stays the word that the team wrote."""
    read = read_yaml(text)
    assert read == value
    assert write_json(read) == write_json(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("a: 1\na: 2", "twice at line 2", id="duplicate key"),
        pytest.param("a: &x 1\nb: *x", "anchors", id="anchor"),
        pytest.param("b: *x", "aliases", id="alias"),
        pytest.param("a: !!str 5", "tags", id="tag"),
        pytest.param("a: !!python/object:os.system x", "tags", id="python tag"),
        pytest.param("<<: {a: 1}", "merge", id="merge key"),
        pytest.param("1: x", "key must be a string", id="a number as key"),
        pytest.param("true: x", "key must be a string", id="a boolean as key"),
        pytest.param("? [a]\n: b", "key must be a string", id="a list as key"),
        pytest.param("a: 1\n---\nb: 2", "another document", id="two documents"),
        pytest.param("a: 1e999", "too large", id="a float past the range"),
        pytest.param("a: " + "9" * 4301, "number", id="4301 digits"),
        pytest.param("a: [", "not YAML", id="unended"),
        pytest.param("a: \0", "not YAML", id="NUL"),
        pytest.param("a: ``", "read: `found character ''' that .*` at", id="backtick"),
        pytest.param("a: !GH-12!x", "read: `found undefined .*'!GH-12!'` at", id="tag handle"),
        pytest.param("[" * 5000, "nested deeper", id="depth 5,000"),
        pytest.param("a: .nan", "as in JSON.*line 1, column 4", id=".nan"),
        pytest.param("a: -.INF", "as in JSON", id="infinity"),
        pytest.param("a: 0x1F", "as in JSON", id="hexadecimal"),
        pytest.param("a: 0o17", "as in JSON", id="octal"),
        pytest.param("a: 1 # b\x85c: 2", "U\\+0085 at line 1,", id="a remark that 1.1 ends"),
        pytest.param("a: 1\n# b\u2028c: 2", "U\\+2028 at line 2,", id="the same in Unicode's way"),
        pytest.param("a: b\u2029  c", "U\\+2029", id="a word that 1.1 takes for two"),
        pytest.param("a: 007", "as in JSON", id="a leading zero, octal in 1.1"),
        pytest.param("a: -010.5e1", "as in JSON", id="a fraction with a leading zero"),
        pytest.param("0x1: a", "key must be a string", id="a hexadecimal number as key"),
        pytest.param('a: "\\ud83d\\ude00"', "surrogate", id="a pair that PyYAML leaves in halves"),
    ],
)
def test_yaml_that_json_cannot_say_is_not_read(text: str, reason: str) -> None:
    """A schema means the same to every reader, or it is refused."""
    with pytest.raises(DocumentError, match=reason):
        read_yaml(text)


@pytest.mark.parametrize("read", [read_yaml, read_json_or_yaml])
def test_yaml_may_have_64_kib(read: Callable[[str], Json]) -> None:
    """The limit of YAML is where the message says it is."""
    assert read("a: " + "x" * (64 * 1024 - 3)) == {"a": "x" * (64 * 1024 - 3)}
    with pytest.raises(DocumentError, match="64 KiB"):
        read("a: " + "x" * (64 * 1024 - 2))
    with pytest.raises(DocumentError, match="64 KiB"):
        read("a: " + "é" * (32 * 1024))


def test_json_may_be_longer_than_yaml() -> None:
    """A long schema has a way in: as JSON."""
    assert read_json_or_yaml('{"a":"' + "x" * 100_000 + '"}') == {"a": "x" * 100_000}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param(' {"a": 1}', {"a": 1}, id="JSON"),
        pytest.param("{a: 1}", {"a": 1}, id="YAML's flow style"),
        pytest.param("a: 1", {"a": 1}, id="YAML"),
        pytest.param("[x, y]", ["x", "y"], id="a list in flow style"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_people_write_json_or_yaml(text: str, value: Json) -> None:
    """Nobody has to say which of the two they wrote."""
    assert read_json_or_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"a":1,"a":2}', "twice in one object", id="a flaw of JSON"),
        pytest.param("[" * 101 + "]" * 101, "deeper than 100", id="too deep"),
        pytest.param('{"a": 1,, }', "not JSON.*line 1, column 9", id="the place in JSON"),
    ],
)
def test_a_fault_in_json_is_told_as_json(text: str, reason: str) -> None:
    """Who writes JSON reads about JSON, with the line and column."""
    with pytest.raises(DocumentError, match=reason):
        read_json_or_yaml(text)
