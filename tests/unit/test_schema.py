"""The team's schema decides: what it says is checked, and a schema that could not is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entrypoint.core.documents import DocumentError, Json, read_json_with_flaws
from entrypoint.core.schema import read_schema
from entrypoint.core.session import Phase
from entrypoint.core.session_v1 import read_session_v1
from entrypoint.core.violations import Violation
from tests.unit.builders import API_KEY, RISK_SCHEMA, SESSION_ID, make_redactor, make_session

DRAFT = "http://json-schema.org/draft-0{}/schema#"
D2019 = "https://json-schema.org/draft/2019-09/schema"
BEHIND = '{"required":["a"],"properties":{"a":{"$ref":"#/x-b/c"}},"x-b":{"c":{SCHEMA}}}'
D2020 = "https://json-schema.org/draft/2020-12/schema"


def violations(schema: object, output: Any) -> tuple[Violation, ...]:  # noqa: ANN401 - any JSON, or any field
    """Return how an output breaks a schema."""
    session = make_session(Phase.FINISHED, output)
    return read_schema(json.dumps(schema)).find_violations(session)


def nested(key: str, depth: int) -> str:
    """Return a schema as YAML, so many levels deep."""
    lines = [" " * level + f"{key}:" for level in range(depth)]
    return "\n".join([*lines, " " * depth + "type: object"])


@pytest.mark.parametrize(
    ("schema", "output", "expected"),
    [
        pytest.param({"type": "string"}, 1, ("$", "type", "must be of type string, not number (`1`)"), id="type"),
        pytest.param({"type": ["string", "null"]}, True, ("$", "type", "must be of type string or null, not boolean (`true`)"), id="types"),
        pytest.param({"enum": ["low", 1]}, "high", ("$", "enum", 'must be one of `"low"`, `1`, not `"high"`'), id="enum"),
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
        pytest.param({"not": {}}, 1, ("$", "not", "does not satisfy `not`: `1`"), id="not"),
        pytest.param({"items": {"properties": {"a": {"type": "null"}}}}, [{}, {"a": []}], ("$[1].a", "type", "must be of type null, not array (`[]`)"), id="below"),
    ],
)  # fmt: skip
def test_each_violation_is_said_in_words(
    schema: object, output: object, expected: tuple[str, str, str]
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
    (found,) = read_schema('{"minProperties":1}').find_violations(
        read_session_v1(answer, SESSION_ID)
    )
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
    schema = read_schema(
        '{"type":"null","properties":{"a":{"const":1}},"additionalProperties":false}'
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
    (found,) = read_schema('{"minProperties":1}').find_violations(session, make_redactor())
    assert API_KEY[:8] not in found.message + found.path


@pytest.mark.parametrize(("size", "kept"), [(256 * 1024, True), (256 * 1024 + 1, False)])
def test_an_output_may_have_256_kib(*, size: int, kept: bool) -> None:
    """An output that could not be passed on to later steps does not pass the gate."""
    found = violations({"type": "string"}, "x" * (size - 2))
    assert (found == ()) is kept
    letters = violations({"type": "string"}, "é" * (size // 2 - 1) + "x" * (size % 2))
    assert (letters == ()) is kept


@pytest.mark.parametrize("draft", [DRAFT.format(4), DRAFT.format(6), DRAFT.format(7), D2019, D2020])
def test_any_known_draft_may_be_named(draft: str) -> None:
    """A team keeps the draft that its schemas are written in; the API gets draft 7 only."""
    schema = read_schema(json.dumps({"$schema": draft, "required": ["a"]}))
    assert schema.find_violations(make_session(output={})) != ()
    assert (schema.for_api is None) is (draft != DRAFT.format(7))


def test_draft_7_is_what_no_draft_means() -> None:
    """Devin's own draft needs no naming."""
    assert read_schema(RISK_SCHEMA).for_api == json.loads(RISK_SCHEMA)
    newer = {"prefixItems": [{"type": "string"}]}
    assert violations({"$schema": D2020} | newer, [1]) != ()
    with pytest.raises(DocumentError, match="`prefixItems` is not one of this draft"):
        read_schema(json.dumps(newer))


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"properties": {"a": {"required": True}}}, id="required"),
        pytest.param({"type": [{"type": "string"}, "number"]}, id="types that are schemas"),
    ],
)
def test_the_oldest_draft_is_explained_too(schema: dict[str, Any]) -> None:
    """A schema of draft 3 ends in a verdict and not in a bug."""
    assert len(violations({"$schema": DRAFT.format(3)} | schema, {})) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("[]", "must be an object", id="a list"),
        pytest.param("true", "must be an object", id="true"),
        pytest.param("", "must be an object", id="nothing"),
        pytest.param("a: [", "not YAML", id="broken"),
        pytest.param('{"type":"object","type":"array"}', "twice", id="a key twice"),
        pytest.param('{"$schema":"https://json-schema.org/draft-99"}', "no known draft", id="unknown draft"),
        pytest.param('{"$schema":5}', "no known draft", id="a draft that is no text"),
        pytest.param('{"type":"strng"}', r"`\$.type`", id="unknown type"),
        pytest.param('{"required":"a"}', r"`\$.required`.*array", id="a keyword of a wrong type"),
        pytest.param('{"pattern":"("}', r"`\$.pattern`.*regex", id="broken pattern"),
        pytest.param('{"properties":{"a":5}}', r"`\$.properties.a`", id="no schema below"),
        pytest.param('{"$ref":"#/definitions/a"}', "leads nowhere", id="reference to nowhere"),
        pytest.param('{"items":{"$ref":"http://evil.test/x"}}', "nothing is fetched", id="http reference"),
        pytest.param('{"not":{"$ref":"file:///etc/passwd"}}', "nothing is fetched", id="file reference"),
        pytest.param('{"$ref":"other.json"}', "leads nowhere", id="relative reference"),
        pytest.param(json.dumps({"$schema": D2020, "items": {"$dynamicRef": "http://evil.test"}}), "nothing is fetched", id="dynamic reference"),
        pytest.param(BEHIND.replace("SCHEMA", '"$ref":"http://evil.test"'), "nothing is fetched", id="a reference behind a reference"),
        pytest.param(BEHIND.replace("SCHEMA", '"type":"strng"'), "strng", id="a broken schema behind a reference"),
    ],
)  # fmt: skip
def test_a_schema_that_could_not_decide_is_refused(text: str, reason: str) -> None:
    """Before anything is spent, the team learns what is wrong with its schema."""
    with pytest.raises(DocumentError, match=reason):
        read_schema(text)


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"definitions": {"a": {"type": "null"}}, "$ref": "#/definitions/a"}, id="definitions"),
        pytest.param({"$schema": D2020, "$defs": {"a": {"type": "null"}}, "$ref": "#/$defs/a"}, id="$defs"),
        pytest.param({"definitions": {"a": {"$id": "#x", "type": "null"}}, "allOf": [{"$ref": "#x"}]}, id="anchor"),
        pytest.param({"$id": "https://x.test/s", "definitions": {"a": {"type": "null"}}, "not": {"not": {"$ref": "https://x.test/s#/definitions/a"}}}, id="its own address"),
    ],
)  # fmt: skip
def test_references_inside_the_schema_are_followed(schema: object) -> None:
    """A schema may be built of parts, as long as it holds them all."""
    assert violations(schema, None) == ()
    assert violations(schema, 1) != ()


def test_a_schema_without_end_is_a_violation() -> None:
    """A schema that refers to itself for ever ends in red, not in a crash."""
    (found,) = violations({"$ref": "#"}, {})
    assert found.keyword == "$ref"


def test_a_format_that_cannot_be_checked_is_refused() -> None:
    """A mistyped format does not let everything through."""
    with pytest.raises(DocumentError, match="`datetime`"):
        read_schema('{"properties":{"a":{"format":"datetime"}}}')


def test_words_of_yaml_stay_words() -> None:
    """`enum: [yes, no]` compares with the words that Devin writes."""
    schema = read_schema("enum: [yes, no]")
    assert schema.find_violations(make_session(output="no")) == ()
    assert schema.find_violations(make_session(output=False)) != ()


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_the_api_takes_64_kib(*, more: int, fits: bool) -> None:
    """A schema over the API's limit is still checked here, and goes into the prompt alone."""
    empty = len('{"description":"","type":"null"}')
    schema = read_schema(
        json.dumps({"type": "null", "description": "x" * (64 * 1024 - empty + more)})
    )
    assert (schema.for_api is not None) is fits
    assert schema.find_violations(make_session(output=1)) != ()


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_a_schema_may_have_256_kib(*, more: int, fits: bool) -> None:
    """The limit is where the message says it is."""
    empty = len('{"type":"null","description":""}')
    text = '{"type":"null","description":"' + "x" * (256 * 1024 - empty + more) + '"}'
    if fits:
        assert read_schema(text).document
    else:
        with pytest.raises(DocumentError, match="256 KiB"):
            read_schema(text)


@pytest.mark.parametrize(("depth", "read"), [(51, True), (99, True), (100, False), (240, False)])
def test_a_schema_may_have_100_levels(*, depth: int, read: bool) -> None:
    """A deeper schema is refused in words, in YAML as in JSON, and never crashes the step."""
    text = nested("not", depth)
    if read:
        assert read_schema(text).find_violations(make_session(output={})) != ()
    else:
        with pytest.raises(DocumentError, match="deep"):
            read_schema(text)
