"""A schema that lets through what the team meant to hold is refused before anything is spent."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.schema import read_schema
from entrypoint.core.schema_faults import find_faults
from tests.unit.builders import make_session

D2020 = "https://json-schema.org/draft/2020-12/schema"
D2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT = "http://json-schema.org/draft-0{}/schema#"
RISK = {"type": "object", "required": ["risk"]}
ANNOTATIONS = {"$comment": "c", "title": "t", "description": "d", "default": 1, "examples": [1]}


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        pytest.param({"type": "object", "requried": ["a"]}, "`requried`.*`required`", id="typo"),
        pytest.param({"items": {"enun": ["a"]}}, "`enun`.*`enum`", id="typo below"),
        pytest.param(RISK | {"properties": {"a": {"enun": ["a"]}, "b": True}}, "`enun`", id="typo beside true"),
        pytest.param(RISK | {"properties": {"a": {"enun": ["a"]}, "b": {"$ref": "#"}}}, "`enun`", id="typo beside a reference back"),
        pytest.param(RISK | {"x-parts": {"a": {"enun": ["a"]}}, "properties": {"a": {"$ref": "#/x-parts/a"}}}, "`enun`", id="typo that only a reference reaches"),
        pytest.param(RISK | {"x-parts": {"a": {"type": "strng"}}, "properties": {"a": {"$ref": "#/x-parts/a"}}}, r"at `\$.type`: `strng` is none of array", id="type that only a reference reaches"),
        pytest.param({"type": "objekt"}, r"at `\$.type`: `objekt` is none of array", id="typo in a type"),
        pytest.param({"properties": {"a": {"zzzz": 1}}}, "`zzzz`.*ignored", id="like no other"),
        pytest.param({"unevaluatedItems": False, "type": "array"}, "`unevaluatedItems`", id="a newer keyword"),
        pytest.param({"$defs": {"a": {"typ": "null"}}, "type": "null"}, "`type`", id="typo in $defs of an older draft"),
        pytest.param({"definitions": {"a": {"typ": "null"}}, "type": "null"}, "`type`", id="unused"),
        pytest.param(RISK | {"dependencies": {"a": ["b"], "risk": {"requried": ["x"]}}}, "`requried`", id="typo among dependencies"),
        pytest.param(RISK | {"dependencies": {"risk": {"requried": ["x"]}}}, "`requried`", id="typo in a dependency"),
        pytest.param({"$schema": DRAFT.format(3), "properties": {"a": {"required": True, "type": ["string", {"enun": [1]}]}}}, "`enun`", id="typo among the types of draft 3"),
        pytest.param({"$schema": DRAFT.format(3), "properties": {"a": {"required": True, "disallow": ["string", {"enun": [1]}]}}}, "`enun`", id="typo in what draft 3 disallows"),
    ],
)  # fmt: skip
def test_a_mistyped_keyword_is_refused(schema: object, reason: str) -> None:
    """A typo in a keyword does not open the gate: it is an error with the nearest keyword."""
    with pytest.raises(DocumentError, match=reason):
        read_schema(json.dumps(schema))


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({}, id="empty"),
        pytest.param(ANNOTATIONS, id="annotations alone"),
        pytest.param({"x-note": 1}, id="an extension alone"),
        pytest.param({"definitions": {"a": {"type": "null"}}}, id="definitions alone"),
        pytest.param({"type": "object"}, id="any object"),
        pytest.param({"type": "object", "x-note": 1, "title": "t"}, id="any object with a note"),
        pytest.param({"type": "object", "properties": {"a": {"type": "null"}}}, id="no required"),
        pytest.param({"type": "object", "additionalProperties": False}, id="{} alone"),
        pytest.param(
            {"type": ["object"], "properties": {"a": {"type": "null"}}}, id="a list of types"
        ),
        pytest.param({"type": ["object", "null"]}, id="any object or nothing"),
        pytest.param({"type": "object", "required": []}, id="nothing required"),
        pytest.param({"type": "object", "minProperties": 0}, id="no properties"),
        pytest.param({"type": "object", "allOf": [True]}, id="all of true"),
        pytest.param({"type": "object", "anyOf": [{}, {"required": ["a"]}]}, id="any of {}"),
        pytest.param({"properties": {"risk": {"enum": ["low"]}}}, id="no type, no required"),
        pytest.param(
            {"required": ["risk"], "properties": {"risk": {"enum": ["low"]}}}, id="no type"
        ),
        pytest.param({"$schema": D2020, "required": ["risk"]}, id="no type in the newest draft"),
        pytest.param({"not": {"type": "null"}, "required": ["a"]}, id="no type, but not null"),
        pytest.param(
            {"not": {"type": "null"}, "properties": {"a": {}}, "minProperties": 1},
            id="no type, but not null, and some property",
        ),
        pytest.param({"not": {"not": {}}}, id="not nothing"),
        pytest.param({"maximum": 0, "minProperties": 1}, id="no type, but no large number"),
        pytest.param({"maxLength": 2, "minProperties": 1}, id="no type, but no long text"),
        pytest.param({"$ref": "#/definitions/a", "definitions": {"a": {}}}, id="a reference to {}"),
    ],
)
def test_a_schema_that_decides_nothing_is_refused(schema: object) -> None:
    """A schema that `{}` satisfies by accident is no gate."""
    with pytest.raises(DocumentError, match="through"):
        read_schema(json.dumps(schema))


@pytest.mark.parametrize(
    "more",
    [
        {"required": ["a"]},
        {"minProperties": 1},
        {"allOf": [{"required": ["a"]}]},
        {"anyOf": [{"required": ["a"]}]},
        {"oneOf": [{"required": ["a"]}]},
        {"not": {"maxProperties": 0}},
        {"enum": [{"a": 1}]},
        {"const": {"a": 1}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_an_object_that_says_what_it_holds_is_taken(more: dict[str, Any]) -> None:
    """Each way to ask for something is enough, notes and extensions beside it do no harm."""
    schema = read_schema(json.dumps({"type": "object", "x-note": 1} | ANNOTATIONS | more))
    assert schema.find_violations(make_session(output={})) != ()
    assert schema.find_violations(make_session(output={"a": 1})) == ()


@pytest.mark.parametrize("draft", ["03", "04", "06", "07"])
def test_what_an_older_draft_ignores_beside_a_reference_is_refused(draft: str) -> None:
    """Each of them reads nothing there."""
    name = f"http://json-schema.org/draft-{draft}/schema#"
    part = {"$ref": "#/x-parts/a", "enum": ["low"], "required": True}
    items = {"items": part if draft == "03" else {**part, "required": ["x"]}}
    schema = {"$schema": name, "x-parts": {"a": {}}, "type": "array", "minItems": 1, **items}
    with pytest.raises(DocumentError, match="ignores `enum`, `required` beside"):
        read_schema(json.dumps(schema))


def test_what_a_draft_ignores_beside_a_reference_is_refused() -> None:
    """Draft 7 reads nothing beside `$ref`; nobody learns that from a green check."""
    parts = {"a": {"type": "object"}}
    with pytest.raises(DocumentError, match="`required` beside"):
        read_schema(
            json.dumps({"definitions": parts, "$ref": "#/definitions/a", "required": ["a"]})
        )
    newer = {"$schema": D2020, "$defs": parts, "$ref": "#/$defs/a", "required": ["a"]}
    assert read_schema(json.dumps(newer)).find_violations(make_session(output={})) != ()


def test_a_note_beside_a_reference_does_no_harm() -> None:
    """What decides nothing may stand anywhere."""
    schema = {"definitions": {"a": {"type": "null"}}, "$ref": "#/definitions/a"}
    noted = schema | {"x-note": 1, "title": "t"}
    assert read_schema(json.dumps(noted)).document == noted


@pytest.mark.parametrize("draft", ["04", "06", "07"])
def test_every_keyword_of_a_draft_is_known(draft: str) -> None:
    """No correct schema is refused for a keyword that its draft has."""
    schema = {
        "$schema": f"http://json-schema.org/draft-{draft}/schema#",
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string", "minLength": 1, "pattern": "^a", "format": "uri"}},
        "patternProperties": {"^b": {"items": {"uniqueItems": True}, "minItems": 1}},
        "additionalProperties": {"multipleOf": 2, "maximum": 4},
        "dependencies": {"a": ["b"]},
        "maxProperties": 5,
        "not": {"enum": [1]},
    }
    assert read_schema(json.dumps(schema)).document == schema


def test_every_keyword_of_the_newest_draft_is_known() -> None:
    """The vocabularies of the newest draft are known with all their words."""
    schema = {
        "$schema": D2020,
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"prefixItems": [{"type": "null"}], "minContains": 0, "contains": {}}},
        "unevaluatedProperties": False,
        "dependentRequired": {"a": ["b"]},
        "if": {"minProperties": 2},
        "then": {"propertyNames": {"maxLength": 1}},
        "$defs": {"x": {"deprecated": True, "$anchor": "x"}},
    }
    assert read_schema(json.dumps(schema)).document == schema


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        pytest.param(RISK | {"properties": {"risk": {"$schema": DRAFT.format(3), "const": "low"}}}, r"`\$schema`", id="another draft below"),
        pytest.param(RISK | {"allOf": [{"$schema": DRAFT.format(3), "required": ["why"]}]}, r"`\$schema`", id="another draft in allOf"),
        pytest.param(RISK | {"properties": {"risk": {"$ref": "#/definitions/r"}}, "definitions": {"r": {"$schema": DRAFT.format(4), "const": "low"}}}, r"`\$schema`", id="another draft behind a reference"),
        pytest.param(RISK | {"dependencies": {"a": ["b"], "risk": {"$schema": DRAFT.format(4), "const": 1}}}, r"`\$schema`", id="another draft among dependencies"),
        pytest.param({"$schema": D2020, **RISK, "dependencies": {"risk": ["why"]}}, "`dependencies`", id="dependencies in 2020-12"),
        pytest.param({"$schema": D2019, **RISK, "dependencies": {"risk": ["why"]}}, "`dependencies`", id="dependencies in 2019-09"),
        pytest.param({"$schema": D2020, **RISK, "properties": {"risk": {"$recursiveRef": "#"}}}, r"`\$recursiveRef`", id="$recursiveRef in 2020-12"),
        pytest.param({"$schema": D2020, "type": "array", "additionalItems": False}, "`additionalItems`", id="additionalItems in 2020-12"),
        pytest.param({"$schema": D2020, "type": "array", "items": [{"const": 1}]}, "array", id="a list of items in 2020-12"),
        pytest.param({"$schema": D2020 + "##", **RISK}, "schema", id="a draft's name with two hashes"),
        pytest.param({"$schema": DRAFT.format(4), **RISK, "properties": {"risk": {"const": "low"}}}, "`const`", id="const in draft 4"),
        pytest.param(RISK | {"unevaluatedProperties": False}, "`unevaluatedProperties` is not one of this draft, which is 7 where `.schema` names none; it is one of", id="unevaluatedProperties in draft 7"),
        pytest.param(RISK | {"dependentRequired": {"risk": ["why"]}}, "`dependentRequired` .* it is one of `https://json-schema.org/draft/2020-12/schema`", id="dependentRequired in draft 7"),
        pytest.param(RISK | {"then": {"required": ["x"]}}, "`then` means nothing without `if`", id="then without if"),
        pytest.param(RISK | {"else": {"required": ["x"]}}, "`else` means nothing without `if`", id="else without if"),
        pytest.param(RISK | {"if": {"required": ["x"]}}, "`if` means nothing without", id="if without then and else"),
        pytest.param({"type": "array", "additionalItems": False}, "`additionalItems` means nothing", id="additionalItems without items"),
        pytest.param({"$schema": D2020, "type": "array", "minContains": 2}, "`minContains` means nothing", id="minContains without contains"),
        pytest.param({"$schema": D2020, "type": "array", "maxContains": 2}, "`maxContains` means nothing", id="maxContains without contains"),
    ],
)  # fmt: skip
def test_what_the_validator_would_pass_over_is_refused(schema: object, reason: str) -> None:
    """A part of the schema that would not be looked at is an error before anything is spent."""
    with pytest.raises(DocumentError, match=reason):
        read_schema(json.dumps(schema))


@pytest.mark.parametrize("name", ["riskLevle", "risklevel", "RISKLEVEL", "risk_level"])
def test_a_required_name_that_is_a_property_misspelled_is_refused(name: str) -> None:
    """What the schema says of the property would hold for none that Devin gives."""
    properties = {"riskLevel": {"enum": ["low"]}}
    schema = {"type": "object", "required": [name], "properties": properties}
    with pytest.raises(DocumentError, match=f"`{name}` is required and .* `riskLevel`"):
        read_schema(json.dumps(schema))
    both = schema | {"properties": properties | {name: {}}}
    assert read_schema(json.dumps(both)).document == both


def test_a_required_name_like_another_required_one_is_taken() -> None:
    """Only a property that nothing else asks for can be meant; names that differ are two."""
    both = {"type": "object", "required": ["risk", "risks"], "properties": {"risk": {}}}
    assert read_schema(json.dumps(both)).document == both
    other = {"type": "object", "required": ["severity"], "properties": {"security": {}}}
    assert read_schema(json.dumps(other)).document == other


NAME = "riskOfBreakingWhatSomebodyElseHasBuiltOnTopOfTheChangedPartsX"  # 61 characters


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(RISK | {"NAME": 1}, id="a keyword"),
        pytest.param({"type": "object", "required": ["NAME"], "properties": {"nAME": {}}}, id="a required name"),
        pytest.param({"type": "object", "required": ["nAME"], "properties": {"NAME": {}}}, id="a property"),
    ],
)  # fmt: skip
def test_a_name_is_told_as_far_as_60_characters(schema: dict[str, Any]) -> None:
    """What is longer is seen to be cut."""
    for length, end in ((60, "`"), (61, "…`")):
        name = NAME[:length]
        text = json.dumps(schema).replace("nAME", name.swapcase()).replace("NAME", name)
        with pytest.raises(DocumentError) as caught:
            read_schema(text)
        assert name[:59] + (name[59] if length == 60 else "") + end in str(caught.value)


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(RISK | {"properties": {"risk": {"pattern": "a{99999999999999999999}"}}}, id="a huge repetition"),
        pytest.param(RISK | {"patternProperties": {"a{99999999999999999999}": {}}}, id="a huge repetition of a name"),
        pytest.param({"$schema": DRAFT.format(3), "type": "object", "properties": {"a": {"required": True}}, "patternProperties": {"(": {}}}, id="a broken name in draft 3"),
        pytest.param({"$schema": DRAFT.format(4), **RISK, "patternProperties": {"(": {}}}, id="a broken name in draft 4"),
        pytest.param({"$schema": DRAFT.format(6), **RISK, "patternProperties": {"(": {}}}, id="a broken name in draft 6"),
        pytest.param({"$schema": D2019, **RISK, "patternProperties": {"(": {}}}, id="a broken name in 2019-09"),
        pytest.param(RISK | {"minProperties": 1, "properties": {"risk": {"$ref": "#/minProperties/x"}}}, id="a reference into a number"),
        pytest.param(RISK | {"additionalProperties": True, "properties": {"risk": {"$ref": "#/additionalProperties/x"}}}, id="a reference into true"),
        pytest.param({"$schema": DRAFT.format(3), "type": "object", "extends": {"properties": {"risk": {"required": True}}}}, id="extends of draft 3"),
    ],
)  # fmt: skip
def test_a_schema_that_would_crash_the_validator_is_refused(schema: object) -> None:
    """What cannot be checked is said in words before a session exists, never a traceback."""
    with pytest.raises(DocumentError):
        read_schema(json.dumps(schema))


ENDLESS = [
    pytest.param({"$ref": "#/definitions/x"}, id="itself"),
    pytest.param({"allOf": [{"$ref": "#/definitions/y"}]}, id="another that leads back"),
    pytest.param({"anyOf": [{"type": "string"}, {"not": {"$ref": "#/definitions/x"}}]}, id="in branches"),
    pytest.param({"if": {"$ref": "#/definitions/x"}, "then": {}}, id="in a condition"),
    pytest.param({"oneOf": [{"type": "string"}, {"$ref": "#/definitions/x"}]}, id="in oneOf"),
    pytest.param({"if": {}, "then": {"$ref": "#/definitions/x"}}, id="in then"),
    pytest.param({"if": {}, "else": {"$ref": "#/definitions/x"}}, id="in else"),
]  # fmt: skip


def test_a_circle_by_extension_is_refused() -> None:
    """The oldest draft has a keyword of its own for what looks at the same value."""
    given = {"type": "object", "properties": {"a": {"required": True}}}
    with pytest.raises(DocumentError, match="leads back to where it stands"):
        read_schema(json.dumps({"$schema": DRAFT.format(3), **given, "extends": [{"$ref": "#"}]}))


def test_every_reference_that_leads_nowhere_is_found() -> None:
    """Two that stand side by side are two faults."""
    schema: dict[str, Json] = {"$schema": D2020, "$ref": "#/a", "$dynamicRef": "#/b"}
    faults = itertools.islice(find_faults(schema), 2)
    assert [fault.partition("`")[2].partition("`")[0] for fault in faults] == ["#/a", "#/b"]


@pytest.mark.parametrize(
    ("draft", "name"), [(D2020, "$ref"), (D2020, "$dynamicRef"), (D2019, "$recursiveRef")]
)
def test_a_reference_to_nowhere_is_refused(draft: str, name: str) -> None:
    """Each keyword that leads elsewhere is followed before a session exists."""
    schema = {"$schema": draft, **RISK, "properties": {"why": {name: "#/$defs/gone"}}}
    with pytest.raises(DocumentError, match=r"`#/\$defs/gone` leads nowhere"):
        read_schema(json.dumps(schema))


NOTES = {
    "$comment": "c", "$defs": {}, "contentEncoding": "base64", "contentMediaType": "text/plain",
    "contentSchema": {}, "default": 1, "deprecated": True, "description": "d", "discriminator": {},
    "enumDescriptions": [], "example": 1, "examples": [1], "markdownDescription": "d",
    "readOnly": True, "title": "t", "writeOnly": True, "$anchor": "a", "$dynamicAnchor": "b",
    "$vocabulary": {},
}  # fmt: skip


@pytest.mark.parametrize("name", NOTES)
def test_a_note_of_any_kind_is_known_and_decides_nothing(name: str) -> None:
    """What tells people or generators something is no mistake."""
    schema = {"$schema": D2020, **RISK, "properties": {"risk": {name: NOTES[name]}}}
    assert read_schema(json.dumps(schema)).document == schema


OF_DRAFT_7 = ("$id", "$comment", "title", "description", "default", "examples", "readOnly",
    "definitions", "deprecated", "enumDescriptions", "example")  # fmt: skip


@pytest.mark.parametrize("name", OF_DRAFT_7)
def test_a_note_of_any_kind_may_stand_beside_a_reference(name: str) -> None:
    """In a draft that reads nothing there, what decides nothing is no loss."""
    values = {"$id": "https://a.test/x", "definitions": {"b": {"type": "null"}}, **NOTES}
    beside = {"$ref": "#/definitions/a", name: values[name]}
    schema = RISK | {"definitions": {"a": {"type": "null"}}, "properties": {"risk": beside}}
    assert read_schema(json.dumps(schema)).document == schema


def test_the_name_of_a_schema_in_draft_4_is_known() -> None:
    """There it is `id`, without a dollar sign, also beside a reference."""
    part = {"$ref": "#/definitions/a", "id": "https://a.test/part"}
    schema = RISK | {
        "$schema": DRAFT.format(4),
        "definitions": {"a": {"type": "null"}},
        "properties": {"risk": part},
    }
    assert read_schema(json.dumps(schema)).document == schema


@pytest.mark.parametrize("part", ENDLESS)
def test_a_circle_is_refused(part: dict[str, Any]) -> None:
    """A check that would never end costs nothing, also where only some outputs lead into it."""
    parts = {"x": part, "y": {"$ref": "#/definitions/x"}}
    schema = RISK | {"properties": {"why": {"$ref": "#/definitions/x"}}, "definitions": parts}
    with pytest.raises(DocumentError, match="leads back to where it stands"):
        read_schema(json.dumps(schema))
    with pytest.raises(DocumentError, match="leads back to where it stands"):
        read_schema('{"$ref":"#"}')


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(RISK | {"properties": {"more": {"$ref": "#"}}}, id="a tree"),
        pytest.param({"type": ["object", "null"], "required": ["risk"]}, id="null, because a type says so"),
        pytest.param({"type": "array", "items": {"anyOf": [{"type": "null"}, {"$ref": "#"}]}, "minItems": 1}, id="lists in lists"),
        pytest.param({"type": "object", "required": ["a"], "allOf": [{"$ref": "#/definitions/x"}, {"$ref": "#/definitions/x"}], "definitions": {"x": {"minProperties": 1}}}, id="the same part twice"),
        pytest.param(RISK | {"if": {"required": ["a"]}, "else": {"required": ["b"]}}, id="if with else alone"),
        pytest.param(RISK | {"if": {"required": ["a"]}, "then": {"required": ["b"]}}, id="if with then alone"),
        pytest.param({"type": "array", "minItems": 1, "items": [{"const": 1}], "additionalItems": False}, id="additionalItems beside items"),
        pytest.param({"$schema": D2019, "type": "object", "required": ["v"], "$recursiveAnchor": True, "properties": {"child": {"$recursiveRef": "#"}}}, id="$recursiveRef"),
    ],
)  # fmt: skip
def test_a_schema_that_goes_deeper_is_taken(schema: dict[str, Any]) -> None:
    """A reference back is no circle where the output ends it."""
    assert read_schema(json.dumps(schema)).document == schema
