"""How an output breaks a schema is said in words: where, how, and what came, without a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entrypoint.core.documents import Flaw, Json, read_json_with_flaws
from entrypoint.core.schema import Schema, read_schema
from entrypoint.core.session import Phase
from entrypoint.core.session_v1 import read_session_v1
from entrypoint.core.violations import Violation, describe_flaw
from tests.unit.builders import API_KEY, RISK_SCHEMA, SESSION_ID, make_redactor, make_session

DRAFT_3 = "http://json-schema.org/draft-03/schema#"


def violations(schema: dict[str, Any], output: Any) -> tuple[Violation, ...]:  # noqa: ANN401 - any JSON, or any field
    """Return how an output breaks a schema."""
    session = make_session(Phase.FINISHED, output)
    return Schema(schema).find_violations(session)


@pytest.mark.parametrize(
    ("schema", "output", "expected"),
    [
        pytest.param({"type": "string"}, 1, ("$", "type", "must be of type string, not number (`1`)"), id="type"),
        pytest.param({"type": ["string", "null"]}, True, ("$", "type", "must be of type string or null, not boolean (`true`)"), id="types"),
        pytest.param({"enum": ["low", 1]}, "high", ("$", "enum", 'must be one of `"low"`, `1`, not `"high"`'), id="enum"),
        pytest.param({"enum": ["low"]}, "low\u200b", ("$", "enum", r'must be one of `"low"`, not `"low\u200b"`'), id="what nobody sees"),
        pytest.param({"const": True}, 1, ("$", "const", "must be `true`, not `1`"), id="const"),
        pytest.param({"required": ["a", "b"]}, {"b": 1}, ("$", "required", "misses the required `a`"), id="required"),
        pytest.param({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1, "b": 2}, ("$", "additionalProperties", "has properties that the schema does not name: `b`"), id="extra"),
        pytest.param({"anyOf": [{"type": "string"}]}, 1, ("$", "anyOf", "fits none of the forms that `anyOf` allows: `1`"), id="anyOf"),
        pytest.param({"pattern": "^a"}, "b", ("$", "pattern", 'must match the pattern `^a`, not `"b"`'), id="pattern"),
        pytest.param({"format": "uri"}, "b", ("$", "format", 'must be a `uri`, not `"b"`'), id="format uri"),
        pytest.param({"format": "date-time"}, "b", ("$", "format", 'must be a `date-time`, not `"b"`'), id="format date-time"),
        pytest.param({"minimum": 2}, 1, ("$", "minimum", "must be at least `2`, not `1`"), id="minimum"),
        pytest.param({"maximum": 2}, 3, ("$", "maximum", "must be at most `2`, not `3`"), id="maximum"),
        pytest.param({"exclusiveMinimum": 2}, 2, ("$", "exclusiveMinimum", "must be more than `2`, not `2`"), id="exclusiveMinimum"),
        pytest.param({"exclusiveMaximum": 2}, 2, ("$", "exclusiveMaximum", "must be less than `2`, not `2`"), id="exclusiveMaximum"),
        pytest.param({"multipleOf": 2}, 3, ("$", "multipleOf", "must be a multiple of `2`, not `3`"), id="multipleOf"),
        pytest.param({"minLength": 2}, "a", ("$", "minLength", 'must have at least `2` characters, not `"a"`'), id="minLength"),
        pytest.param({"maxLength": 1}, "ab", ("$", "maxLength", 'must have at most `1` characters, not `"ab"`'), id="maxLength"),
        pytest.param({"minItems": 1}, [], ("$", "minItems", "must have at least `1` items, not `[]`"), id="minItems"),
        pytest.param({"maxItems": 1}, [1, 2], ("$", "maxItems", "must have at most `1` items, not `[1,2]`"), id="maxItems"),
        pytest.param({"minProperties": 1}, {}, ("$", "minProperties", "must have at least `1` properties, not `{}`"), id="minProperties"),
        pytest.param({"maxProperties": 0}, {"a": 1}, ("$", "maxProperties", 'must have at most `0` properties, not `{"a":1}`'), id="maxProperties"),
        pytest.param({"uniqueItems": True}, [1, 1], ("$", "uniqueItems", "must not hold the same item twice, not `[1,1]`"), id="uniqueItems"),
        pytest.param({"not": {}}, 1, ("$", "not", "must not have the form that `not` forbids: `1`"), id="not"),
        pytest.param({"items": {"properties": {"a": {"type": "null"}}}}, [{}, {"a": []}], ("$[1].a", "type", "must be of type null, not array (`[]`)"), id="below"),
    ],
)  # fmt: skip
def test_each_violation_is_said_in_words(
    schema: dict[str, Any], output: object, expected: tuple[str, str, str]
) -> None:
    """A person reads where the answer breaks the schema, how, and what came."""
    path, keyword, message = expected
    assert violations(schema, output) == (Violation(path, message, keyword),)


def test_a_property_that_must_not_be_there_is_said_in_words() -> None:
    """A schema of `false` is explained without a word of the validator's inside."""
    (found,) = violations({"properties": {"a": False}}, {"a": 1})
    assert "None" not in found.message + found.keyword
    assert "`1`" in found.message


@pytest.mark.parametrize("output", [{"risk": "low"}, {"risk": "high", "more": 1}], ids=json.dumps)
def test_a_valid_output_has_no_violation(output: Json) -> None:
    """What satisfies the schema passes."""
    assert violations(json.loads(RISK_SCHEMA), output) == ()


def test_at_most_ten_violations_in_the_order_of_their_places() -> None:
    """A long list of violations is cut, in an order in which a person looks for them."""
    found = violations({"items": {"type": "string"}}, [0] * 12)
    assert [v.path for v in found] == [f"$[{n}]" for n in range(10)]
    two = violations({"required": ["a", "b"], "items": {}, "maxProperties": 0}, {"c": 1})
    assert [v.keyword for v in two] == ["maxProperties", "required"]
    assert two[1].message == "misses the required `a`, `b`"


def test_a_violation_is_short_and_holds_no_megabytes() -> None:
    """A huge answer makes no huge comment."""
    (found,) = violations({"type": "string"}, {"x" * 500: ["y" * 200] * 2000})
    assert len(found.message) < 200
    (long,) = violations({"maxLength": 1}, "z" * 900)
    assert len(long.message) < 200


def test_what_devin_wrote_stays_between_backticks() -> None:
    """Words of Devin's in a violation can be told from ours wherever they are shown."""
    evil = "`@org/team`\n::error::"
    for found in (
        *violations({"enum": ["a"]}, evil),
        *violations({"additionalProperties": False}, {evil: 1}),
        *violations({"properties": {evil: {"type": "null"}}}, {evil: 1}),
    ):
        assert "\n" not in found.message + found.path
        assert "@org" not in "".join(found.message.split("`")[::2])


@pytest.mark.parametrize(
    "key", ["@org/team", "a`b", "x" * 5000, "a\nb"], ids=["mention", "tick", "long", "lines"]
)
def test_a_flaw_of_the_output_is_quoted_too(key: str) -> None:
    """A key that stands twice mentions nobody, and is as short and inert as any other word."""
    text = json.dumps({"status": "x", "structured_output": {"k": 1}})
    twice = f"{{{json.dumps(key)}:{{{json.dumps(key)}:1,{json.dumps(key)}:2}}}}"
    answer = read_json_with_flaws(text.replace('{"k": 1}', twice))
    (found,) = Schema({"minProperties": 1}).find_violations(read_session_v1(answer, SESSION_ID))
    assert found.keyword == "JSON"
    assert key[:9] not in "".join(found.message.split("`")[::2])
    assert "\n" not in found.message + found.path
    assert len(found.message + found.path) < 500


@pytest.mark.parametrize("line_break", ["", "\n", "\r\n", "\t"], ids=["whole", "LF", "CRLF", "tab"])
@pytest.mark.parametrize("before", ["", "x" * 100], ids=["start", "cut"])
def test_a_violation_shows_no_secret(line_break: str, before: str) -> None:
    """Telling what is wrong never tells a secret, not even half of one."""
    secret = before + API_KEY[:20] + line_break + API_KEY[20:]
    outputs: list[Json] = [secret, {secret: 1}, {secret: {"a": 1}}, {"a": [secret]}]
    schema = Schema(
        {"type": "null", "properties": {"a": {"const": 1}}, "additionalProperties": False}
    )
    for output in outputs:
        found = schema.find_violations(make_session(output=output), make_redactor())
        assert found
        told = "".join(violation.message + violation.path for violation in found)
        assert API_KEY[:12] not in told
        assert API_KEY[20:] not in told


@pytest.mark.parametrize("key", [API_KEY, "x" * 190 + API_KEY], ids=["whole", "cut"])
def test_a_flaw_shows_no_secret(key: str) -> None:
    """A secret that stands twice as a key is not told either, in its message or its place."""
    twice = f'{{"{key}":{{"{key}":1,"{key}":2}}}}'
    answer = read_json_with_flaws(f'{{"status":"x","structured_output":{twice}}}')
    session = read_session_v1(answer, SESSION_ID)
    (found,) = Schema({"minProperties": 1}).find_violations(session, make_redactor())
    assert API_KEY[:8] not in found.message + found.path


@pytest.mark.parametrize(("size", "kept"), [(256 * 1024, True), (256 * 1024 + 1, False)])
def test_an_output_may_have_256_kib(*, size: int, kept: bool) -> None:
    """An output that could not be passed on to later steps does not pass the gate."""
    found = violations({"type": "string"}, "x" * (size - 2))
    assert (found == ()) is kept
    letters = violations({"type": "string"}, "é" * (size // 2 - 1) + "x" * (size % 2))
    assert (letters == ()) is kept


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"properties": {"a": {"required": True}}}, id="required"),
        pytest.param({"type": [{"type": "string"}, "number"]}, id="types that are schemas"),
    ],
)
def test_the_oldest_draft_is_explained_too(schema: dict[str, Any]) -> None:
    """A schema of draft 3 ends in a verdict and not in a bug."""
    assert len(violations({"$schema": DRAFT_3} | schema, {})) == 1


def test_a_schema_without_end_is_a_violation() -> None:
    """A schema that refers to itself for ever ends in red, not in a crash."""
    (found,) = violations({"$ref": "#"}, {})
    assert found.keyword == "schema"


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ({"multipleOf": 0.5}, int("1" + "0" * 400)),
        ({"multipleOf": 0.01}, 10**308),
        ({"format": "regex"}, "a{99999999999999999999}"),
        ({"format": "regex"}, "(" * 100_000),
        ({"format": "date"}, "9" * 5_000),
    ],
    ids=["400 digits", "308 digits", "a huge repetition", "deep", "a long date"],
)
def test_an_output_that_the_validator_cannot_bear_is_a_violation(
    keyword: dict[str, Any], value: Json
) -> None:
    """Whatever Devin writes, the answer is a verdict and never a bug of ours."""
    schema: dict[str, Json] = {"type": "object", "required": ["a"], "properties": {"a": keyword}}
    (found,) = violations(schema, {"a": value})
    assert len(found.message) < 200
    read_schema(json.dumps(schema))


def test_a_violation_has_three_fields() -> None:
    """A workflow reads where, what and by which rule, under these names."""
    json_ = {"path": "$.risk", "message": "is wrong", "keyword": "enum"}
    assert Violation("$.risk", "is wrong", "enum").as_json() == json_


@pytest.mark.parametrize(
    ("path", "flaw", "shown"),
    [
        ("$", Flaw("a number that is none"), ("$", "has a number that is none")),
        ("$.a", Flaw("", "risk"), ("$.a", "has the key `risk` twice in one object")),
        ("$", Flaw("", "k" * 60), ("$", f"has the key `{'k' * 60}` twice in one object")),
        ("$", Flaw("", "k" * 61), ("$", f"has the key `{'k' * 59}…` twice in one object")),
        ("p" * 200, Flaw("x"), ("p" * 200, "has x")),
        ("p" * 201, Flaw("x"), ("p" * 199 + "…", "has x")),
        (f"$.{API_KEY}", Flaw("", API_KEY), ("$.***", "has the key `***` twice in one object")),
    ],
)
def test_what_json_leaves_open_is_a_violation(
    path: str, flaw: Flaw, shown: tuple[str, str]
) -> None:
    """It is told in one line, cut where an AI was long, and without secrets."""
    assert describe_flaw(path, flaw, make_redactor()) == Violation(*shown, "JSON")


@pytest.mark.parametrize(
    "part",
    [{"items": [True], "additionalItems": False}, {"items": [True, False]}],
    ids=["one too many", "must not be there"],
)
def test_a_secret_in_an_item_that_must_not_be_is_not_shown(part: dict[str, Any]) -> None:
    """What is refused is shown, what must stay hidden is not."""
    schema = read_schema(json.dumps({"type": "array", "minItems": 1, **part}))
    (broken,) = schema.find_violations(make_session(output=[1, API_KEY]), make_redactor())
    assert API_KEY not in broken.message
    assert "***" in broken.message
