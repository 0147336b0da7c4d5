"""Every keyword of every draft has words for a person, which name the place and what came."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import jsonschema
import pytest

from entrypoint.core.documents import Json
from entrypoint.core.schema import Schema
from tests.unit.builders import make_redactor, make_session

DRAFTS = {
    "http://json-schema.org/draft-03/schema#": jsonschema.Draft3Validator,
    "http://json-schema.org/draft-04/schema#": jsonschema.Draft4Validator,
    "http://json-schema.org/draft-06/schema#": jsonschema.Draft6Validator,
    "http://json-schema.org/draft-07/schema#": jsonschema.Draft7Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema.Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": jsonschema.Draft202012Validator,
}
D3, D4, D6, D7, D2019, D2020 = DRAFTS
NEWER = (D6, D7, D2019, D2020)
NOT_FIRST = (D4, *NEWER)

INNER = {
    "$ref",
    "$recursiveRef",
    "$dynamicRef",
    "allOf",
    "dependentSchemas",
    "extends",
    "if",
    "patternProperties",
    "prefixItems",
    "properties",
}
"""Keywords that break nothing themselves: the rule that is broken lies in a schema below them."""

WORDS: list[tuple[tuple[str, ...], str, dict[str, Any], Any, str]] = [
    ((*DRAFTS,), "type", {"type": "string"}, True, "must be of type string, not boolean (`true`)"),
    ((*DRAFTS,), "type", {"type": ["string", "null"]}, 1, "must be of type string or null, not number (`1`)"),
    ((D3,), "type", {"type": ["string", {"enum": [1]}]}, 2, 'must be of type string or `{"enum":[1]}`, not number (`2`)'),
    ((D3,), "disallow", {"disallow": ["string", "null"]}, "a", 'must not be of type string or null: `"a"`'),
    ((*DRAFTS,), "enum", {"enum": [1, "x"]}, 2, 'must be one of `1`, `"x"`, not `2`'),
    (NEWER, "const", {"const": {"a": 1}}, [], 'must be `{"a":1}`, not `[]`'),
    ((D3,), "required", {"properties": {"a": {"required": True}}}, {}, "is required and not there"),
    (NOT_FIRST, "required", {"required": ["a", "b"]}, {}, "misses the required `a`, `b`"),
    ((D3, D4, D6, D7), "dependencies", {"dependencies": {"a": ["b", "c"], "c": ["a"], "x": ["y"]}}, {"a": 1, "c": 1}, "misses `b`, which `a` needs beside it"),
    ((D3,), "dependencies", {"dependencies": {"a": "why"}}, {"a": 1}, "misses `why`, which `a` needs beside it"),
    ((D2019, D2020), "dependentRequired", {"dependentRequired": {"a": ["b"], "c": ["d"]}}, {"a": 1, "c": 1}, "misses `b`, which `a` needs beside it; misses `d`, which `c` needs beside it"),
    ((*DRAFTS,), "additionalProperties", {"properties": {"a": {}}, "patternProperties": {"^x": {}}, "additionalProperties": False}, {"a": 1, "b": 2, "x1": 3}, "has properties that the schema does not name: `b`"),
    ((D3, D4, D6, D7, D2019), "additionalItems", {"items": [{}], "additionalItems": False}, [1, 2], "has more than the `1` items that the schema names: `[1,2]`"),
    ((D2020,), "items", {"prefixItems": [{}, {}], "items": False}, [1, 2, 3], "has more than the `2` items that the schema names: `[1,2,3]`"),
    ((D2020,), "items", {"items": False}, [1], "has more than the `0` items that the schema names: `[1]`"),
    ((D2019, D2020), "unevaluatedItems", {"unevaluatedItems": False}, [1], "has items that no part of the schema allows: `[1]`"),
    ((D2019, D2020), "unevaluatedProperties", {"unevaluatedProperties": False}, {"a": 1}, 'has properties that no part of the schema allows: `{"a":1}`'),
    ((D2019, D2020), "unevaluatedProperties", {"unevaluatedProperties": {"type": "null"}}, {"a": 1}, 'has properties that no part of the schema allows: `{"a":1}`'),
    (NOT_FIRST, "anyOf", {"anyOf": [{"type": "null"}]}, 1, "fits none of the forms that `anyOf` allows: `1`"),
    (NOT_FIRST, "oneOf", {"oneOf": [{"type": "null"}]}, 1, "fits none of the forms that `oneOf` allows: `1`"),
    (NOT_FIRST, "oneOf", {"oneOf": [{}, {}]}, 1, "fits more than one of the forms of which `oneOf` allows one: `1`"),
    (NOT_FIRST, "not", {"not": {"type": "number"}}, 1, "must not have the form that `not` forbids: `1`"),
    (NEWER, "contains", {"contains": {"type": "null"}}, [1], "must hold an item of the form that `contains` asks for, not `[1]`"),
    ((D2019, D2020), "minContains", {"contains": {"type": "null"}, "minContains": 2}, [None], "must hold at least `2` items of the form that `contains` asks for, not `[null]`"),
    ((D2019, D2020), "maxContains", {"contains": {"type": "null"}, "maxContains": 1}, [None, None], "must hold at most `1` items of the form that `contains` asks for, not `[null,null]`"),
    (NEWER, "maxLength", {"propertyNames": {"maxLength": 1}}, {"ab": 1}, 'has the property name `ab`, which must have at most `1` characters, not `"ab"`'),
    ((*DRAFTS,), "minimum", {"minimum": 2}, 1, "must be at least `2`, not `1`"),
    ((D3, D4), "minimum", {"minimum": 2, "exclusiveMinimum": True}, 2, "must be more than `2`, not `2`"),
    ((D3, D4), "maximum", {"maximum": 2, "exclusiveMaximum": True}, 2, "must be less than `2`, not `2`"),
    ((*DRAFTS,), "maximum", {"maximum": 2}, 3, "must be at most `2`, not `3`"),
    (NEWER, "exclusiveMinimum", {"exclusiveMinimum": 2}, 2, "must be more than `2`, not `2`"),
    (NEWER, "exclusiveMaximum", {"exclusiveMaximum": 2}, 2, "must be less than `2`, not `2`"),
    ((D3,), "divisibleBy", {"divisibleBy": 2}, 3, "must be a multiple of `2`, not `3`"),
    (NOT_FIRST, "multipleOf", {"multipleOf": 2}, 3, "must be a multiple of `2`, not `3`"),
    ((*DRAFTS,), "minLength", {"minLength": 2}, "a", 'must have at least `2` characters, not `"a"`'),
    ((*DRAFTS,), "maxLength", {"maxLength": 1}, "ab", 'must have at most `1` characters, not `"ab"`'),
    ((*DRAFTS,), "minItems", {"minItems": 1}, [], "must have at least `1` items, not `[]`"),
    ((*DRAFTS,), "maxItems", {"maxItems": 0}, [1], "must have at most `0` items, not `[1]`"),
    (NOT_FIRST, "minProperties", {"minProperties": 1}, {}, "must have at least `1` properties, not `{}`"),
    (NOT_FIRST, "maxProperties", {"maxProperties": 0}, {"a": 1}, 'must have at most `0` properties, not `{"a":1}`'),
    ((*DRAFTS,), "uniqueItems", {"uniqueItems": True}, [1, 1], "must not hold the same item twice, not `[1,1]`"),
    ((*DRAFTS,), "pattern", {"pattern": r"^\d$"}, "x", r'must match the pattern `^\d$`, not `"x"`'),
    ((*DRAFTS,), "format", {"format": "date"}, "x", 'must be a `date`, not `"x"`'),
    (NEWER, "false", {"properties": {"a": False}}, {"a": 1}, "must not be there: `1`"),
]  # fmt: skip


@pytest.mark.parametrize(("drafts", "keyword", "schema", "output", "message"), WORDS)
def test_a_keyword_says_what_is_wrong(
    drafts: tuple[str, ...], keyword: str, schema: dict[str, Any], output: Json, message: str
) -> None:
    """In each draft that has it: the rule, what was asked for, and what came."""
    for draft in drafts:
        (found,) = Schema({"$schema": draft} | schema).find_violations(make_session(output=output))
        assert (found.keyword, found.message) == (keyword, message), draft


@pytest.mark.parametrize("draft", DRAFTS)
def test_no_keyword_is_without_words(draft: str) -> None:
    """Whatever a draft's validator looks at is in the table above."""
    said = {name for drafts, _, schema, _, _ in WORDS if draft in drafts for name in schema}
    assert DRAFTS[draft].VALIDATORS.keys() - said - INNER == set()


@pytest.mark.parametrize(
    ("schema", "output", "path"),
    [
        ({"properties": {"a": {"items": {"type": "null"}}}}, {"a": [None, 1]}, "$.a[1]"),
        ({"propertyNames": {"enum": ["a"]}}, {"b": 1}, "$"),
        ({"items": {"propertyNames": {"enum": ["a"]}}}, [{"b": 1}], "$[0]"),
        ({"patternProperties": {"propertyNames": {"type": "null"}}}, {"propertyNames": 1}, "$.propertyNames"),
        ({"dependencies": {"propertyNames": {"maxProperties": 0}}}, {"propertyNames": 1}, "$"),
        ({"$schema": D2020, "dependentSchemas": {"propertyNames": {"maxProperties": 0}}}, {"propertyNames": 1}, "$"),
        ({"properties": {"propertyNames": {"type": "null"}}}, {"propertyNames": 1}, "$.propertyNames"),
        ({"properties": {"properties": {"propertyNames": {"enum": ["a"]}}}}, {"properties": {"b": 1}}, "$.properties"),
        ({"definitions": {"propertyNames": {"type": "null"}}, "items": {"$ref": "#/definitions/propertyNames"}}, [1], "$[0]"),
    ],
)  # fmt: skip
def test_a_name_is_told_from_a_value(schema: dict[str, Any], output: Json, path: str) -> None:
    """Only where `propertyNames` is a keyword is it a name that is wrong."""
    (found,) = Schema(schema).find_violations(make_session(output=output))
    assert found.path == path
    assert found.keyword in {"enum", "type", "maxProperties"}
    assert ("has the property name" in found.message) is (found.keyword == "enum")


def test_a_wrong_name_shows_no_secret() -> None:
    """A property's name is as foreign as its value."""
    secret = "apk_user_0123456789abcdefABCDEFXYZ"
    schema = Schema({"propertyNames": {"maxLength": 3}})
    (found,) = schema.find_violations(make_session(output={secret: 1}), make_redactor())
    assert secret[:12] not in found.message + found.path


LONG = "x" * 60


@pytest.mark.parametrize(
    ("schema", "output"),
    [
        ({"propertyNames": {"enum": ["a"]}}, {"NAME": 1}),
        ({"required": ["NAME"]}, {}),
        ({"additionalProperties": False}, {"NAME": 1}),
        ({"dependencies": {"NAME": ["b"]}}, {"NAME": 1}),
    ],
    ids=lambda given: next(iter(given), ""),
)
def test_a_name_is_shown_as_far_as_60_characters(schema: dict[str, Any], output: Json) -> None:
    """Whoever chose it; what is longer is seen to be cut."""
    for name, shown in ((LONG, f"`{LONG}`"), (f"{LONG}x", f"`{LONG[1:]}…`")):
        named, given = (
            json.loads(json.dumps(one).replace("NAME", name)) for one in (schema, output)
        )
        (found,) = Schema(named).find_violations(make_session(output=given))
        assert shown in found.message


def test_the_first_ten_of_many_are_found_in_little_memory() -> None:
    """A large answer that is wrong in many ways is not kept once for each of them."""
    schema = Schema({"allOf": [{"pattern": f"^{number}"} for number in range(400)]})
    size = 200_000
    tracemalloc.start()
    found = schema.find_violations(make_session(output="x" * size))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 10
    assert peak < 100 * size


def test_many_broken_rules_at_many_places_are_ten_violations() -> None:
    """The order is that of the places, then of the keywords."""
    schema = Schema({"items": {"allOf": [{"type": "string"}, {"enum": ["a"]}]}})
    output: list[Json] = [1] * 50
    found = schema.find_violations(make_session(output=output))
    assert [(one.path, one.keyword) for one in found] == [
        (f"$[{number}]", keyword) for number in range(5) for keyword in ("enum", "type")
    ]


def test_a_rule_that_breaks_in_many_names_is_one_violation() -> None:
    """Forty missing names in one sentence do not push out what else is wrong."""
    schema = Schema(
        {"required": [f"p{n}" for n in range(40)], "properties": {"a": {"type": "null"}}}
    )
    found = schema.find_violations(make_session(output={"a": 1}))
    assert [one.keyword for one in found] == ["required", "type"]
    assert found[0].message.endswith("`p8`, `p9` and 30 more")
    (extra,) = Schema({"additionalProperties": False}).find_violations(
        make_session(output={f"p{n}": n for n in range(11)})
    )
    assert extra.message.endswith("`p8`, `p9` and 1 more")
    (ten,) = Schema({"required": [f"p{n}" for n in range(10)]}).find_violations(
        make_session(output={})
    )
    assert ten.message.endswith("`p8`, `p9`")
