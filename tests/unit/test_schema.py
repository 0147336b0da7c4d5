"""The team's schema decides: what it says is checked, and a schema that could not is refused."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml
from referencing.exceptions import Unresolvable

from entrypoint.core.documents import DocumentError
from entrypoint.core.schema import Schema, read_schema
from entrypoint.core.time_limit import TimeIsUp
from entrypoint.core.violations import Violation
from tests.unit.builders import RISK_SCHEMA, make_session

DRAFT = "http://json-schema.org/draft-0{}/schema#"
D2019 = "https://json-schema.org/draft/2019-09/schema"
BEHIND = '{"required":["a"],"properties":{"a":{"$ref":"#/x-b/c"}},"x-b":{"c":{SCHEMA}}}'
D2020 = "https://json-schema.org/draft/2020-12/schema"


_Value = TypeVar("_Value")
LATE = (
    "within 5 s; simplify the schema's patterns (`(a+)+` can take years) and its nested `allOf`, "
    "`anyOf` and `oneOf`"
)
TOO_MUCH = "cannot be checked: schema or output is more than the validator can do"


@pytest.mark.parametrize(
    ("trouble", "read", "judged"),
    [
        pytest.param(TimeIsUp(5.0), f"it cannot be checked {LATE}", Violation("$", f"could not be checked {LATE}", "time"), id="time"),
        *(
            pytest.param(one, "it is not one that can be checked", Violation("$", TOO_MUCH, "schema"), id=type(one).__name__)
            for one in (OverflowError(), AttributeError(), RecursionError(), TypeError(), ValueError(), Unresolvable("#/x"), re.error("x"))
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_checked_is_never_good(
    trouble: Exception, read: str, judged: Violation
) -> None:
    """A check that does not end, or breaks down, is a violation; of a schema it is a fault."""

    def fails(_compute: Callable[[], _Value], /) -> _Value:
        raise trouble

    schema = Schema(json.loads(RISK_SCHEMA), fails)
    assert schema.find_violations(make_session(output={"risk": "low"})) == (judged,)
    assert schema.find_violations(make_session(output=None)) == ()
    with pytest.raises(DocumentError, match=f"^{re.escape(read)}$"):
        read_schema(RISK_SCHEMA, fails)


@pytest.mark.parametrize(
    ("length", "shown"), [(198, "$." + "x" * 198), (199, "$." + "x" * 197 + "…")]
)
def test_a_path_is_shown_as_far_as_200_characters(length: int, shown: str) -> None:
    """A name that an AI invented does not fill the page."""
    schema = read_schema(
        '{"type":"object","required":["a"],"additionalProperties":{"type":"null"}}'
    )
    broken = schema.find_violations(make_session(output={"a": None, "x" * length: 1}))
    assert [one.path for one in broken] == [shown]


def test_the_limit_of_the_schema_holds_for_each_output() -> None:
    """An output can make a pattern take years just as the schema's own check can."""
    asked: list[None] = []

    def limit(compute: Callable[[], _Value], /) -> _Value:
        asked.append(None)
        return compute()

    schema = read_schema(RISK_SCHEMA, limit)
    assert len(asked) == 1
    assert schema.find_violations(make_session(output={"risk": "low"})) == ()
    assert len(asked) == 2


def test_a_rule_that_is_reached_twice_is_told_once() -> None:
    """Two references lead to one rule: one place breaks it, and one line says so."""
    part = {"$ref": "#/definitions/a"}
    schema = read_schema(
        json.dumps(
            {"type": "object", "allOf": [part, part], "definitions": {"a": {"required": ["b"]}}}
        )
    )
    assert len(schema.find_violations(make_session(output={}))) == 1


def test_each_name_that_must_not_be_is_told() -> None:
    """All stand at the same place and break the same rule; a repair needs to know each."""
    names = {"type": "object", "required": ["a"], "propertyNames": {"pattern": "^a"}}
    broken = read_schema(json.dumps(names)).find_violations(
        make_session(output={"a": 1, "x": 2, "y": 3})
    )
    assert [one.message.split(",")[0] for one in broken] == [
        "has the property name `x`",
        "has the property name `y`",
    ]


def test_half_a_character_is_judged_as_any_other() -> None:
    """JSON can say half of a surrogate pair, in the schema and in the output."""
    half = "\ud83d"
    schema = read_schema(json.dumps({"type": "object", "required": ["a"], "title": half}))
    assert schema.for_api == schema.document
    assert schema.find_violations(make_session(output={"a": half})) == ()
    assert schema.find_violations(make_session(output={"b": half})) != ()
    assert read_schema('{"type":"null","title":"\udcff"}').document["title"] == "\udcff"


def nested(key: str, depth: int) -> str:
    """Return a schema as YAML, so many levels deep."""
    lines = [" " * level + f"{key}:" for level in range(depth)]
    return "\n".join(["type: object", *lines, " " * depth + "type: object"])


@pytest.mark.parametrize("draft", [DRAFT.format(4), DRAFT.format(6), DRAFT.format(7), D2019, D2020])
def test_any_known_draft_may_be_named(draft: str) -> None:
    """A team keeps the draft that its schemas are written in; the API gets draft 7 only."""
    schema = read_schema(json.dumps({"$schema": draft, "type": "object", "required": ["a"]}))
    assert schema.find_violations(make_session(output={})) != ()
    assert (schema.for_api is None) is (draft != DRAFT.format(7))


def test_draft_7_is_what_no_draft_means() -> None:
    """Devin's own draft needs no naming."""
    assert read_schema(RISK_SCHEMA).for_api == json.loads(RISK_SCHEMA)
    newer = {"type": "array", "prefixItems": [{"type": "string"}]}
    schema = read_schema(json.dumps({"$schema": D2020} | newer))
    assert schema.find_violations(make_session(output=[1])) != ()
    with pytest.raises(DocumentError, match="`prefixItems` is not one of this draft"):
        read_schema(json.dumps(newer))


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
        pytest.param('{"pattern":"("}', "no regular expression: a group is not closed", id="broken pattern"),
        pytest.param('{"properties":{"a":5}}', r"`\$.properties.a`", id="no schema below"),
        pytest.param('{"$ref":"#/definitions/a"}', "leads nowhere", id="reference to nowhere"),
        pytest.param('{"items":{"$ref":"http://evil.test/x"}}', "nothing is fetched", id="http reference"),
        pytest.param('{"not":{"$ref":"file:///etc/passwd"}}', "nothing is fetched", id="file reference"),
        pytest.param('{"minProperties":1,"not":{"$ref":"#/minProperties/x"}}', "leads nowhere", id="reference into a number"),
        pytest.param('{"additionalProperties":true,"not":{"$ref":"#/additionalProperties/x"}}', "leads nowhere", id="reference into true"),
        pytest.param('{"enum":[1],"not":{"$ref":"#/enum/x"}}', "leads nowhere", id="reference into a list"),
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
    read = read_schema(json.dumps(schema))
    assert read.find_violations(make_session(output=None)) == ()
    assert read.find_violations(make_session(output=1)) != ()


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
        with pytest.raises(DocumentError, match=r"^it has more than 256 KiB$"):
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


def test_the_readmes_schema_is_taken() -> None:
    """What the README tells people to paste is a schema that decides."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    found = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    (workflow,) = (text for text in found if "structured_output_schema" in text and "jobs:" in text)
    (job,) = yaml.safe_load(workflow)["jobs"].values()
    (text,) = (step["with"]["structured_output_schema"] for step in job["steps"] if "with" in step)
    schema = read_schema(text)
    assert schema.find_violations(make_session(output={"risk": "low"})) == ()
    assert schema.find_violations(make_session(output={"risk": "none"})) != ()


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        pytest.param({"type": "array", "items": {"enum": ["a"]}}, ["a"], ["b"], id="an array"),
        pytest.param({"enum": ["low", "high"]}, "low", "none", id="one of these words"),
        pytest.param({"type": "boolean"}, False, 0, id="yes or no"),
        pytest.param({"type": ["object", "null"], "required": ["a"]}, None, {}, id="an object or nothing"),
        pytest.param({"type": "object", "required": ["a"], "$comment": "c", "x-note": {"requried": 1}}, {"a": 1}, {}, id="notes"),
        pytest.param({"type": "object", "required": ["a"], "if": {"required": ["b"]}, "then": {"required": ["c"]}}, {"a": 1}, {"a": 1, "b": 1}, id="if and then"),
        pytest.param({"type": "object", "required": ["a"], "if": {"required": ["b"]}, "else": {"required": ["c"]}}, {"a": 1, "b": 1}, {"a": 1}, id="if and else"),
        pytest.param({"type": "array", "items": [{"const": 1}], "additionalItems": False}, [1], [1, 2], id="a tuple"),
        pytest.param({"$schema": D2020, "type": "array", "prefixItems": [{"const": 1}], "items": False}, [1], [1, 2], id="a newer tuple"),
        pytest.param({"$schema": D2020, "type": "array", "prefixItems": [{"const": 1}], "unevaluatedItems": False}, [1], [1, 2], id="unevaluatedItems"),
        pytest.param({"$schema": D2020, "type": "object", "required": ["a"], "allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False}, {"a": 1}, {"a": 1, "b": 1}, id="unevaluatedProperties"),
        pytest.param({"$schema": D2020, "$id": "https://x.test/tree", "$dynamicAnchor": "node", "type": "object", "required": ["v"], "properties": {"child": {"$dynamicRef": "#node"}}}, {"v": 1, "child": {"v": 2}}, {"v": 1, "child": {}}, id="$dynamicRef"),
        pytest.param({"$schema": D2020, "type": "array", "contains": {"const": 1}, "minContains": 2}, [1, 1], [1], id="minContains"),
        pytest.param({"$schema": D2019, "type": "object", "required": ["v"], "$recursiveAnchor": True, "properties": {"child": {"$recursiveRef": "#"}}}, {"v": 1, "child": {"v": 2}}, {"v": 1, "child": {}}, id="$recursiveRef"),
        pytest.param({"$schema": D2019, "type": "object", "required": ["a"], "dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}, id="draft 2019-09"),
        pytest.param({"$schema": DRAFT.format(4), "type": "object", "required": ["a"], "properties": {"a": {"minimum": 1, "exclusiveMinimum": True, "maximum": 3, "exclusiveMaximum": True}}}, {"a": 2}, {"a": 3}, id="draft 4"),
        pytest.param({"$schema": DRAFT.format(6), "type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}, {"a": 1}, {"a": 2}, id="draft 6"),
        pytest.param({"$schema": DRAFT.format(7), "type": "object", "required": ["a"], "dependencies": {"a": ["b"], "b": {"required": ["c"]}}}, {"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1}, id="draft 7"),
        pytest.param({"$schema": DRAFT.format(3), "type": "object", "properties": {"a": {"required": True}}}, {"a": 1}, {}, id="draft 3"),
    ],
)  # fmt: skip
def test_a_schema_that_decides_is_taken(schema: dict[str, Any], good: Any, bad: Any) -> None:  # noqa: ANN401 - any JSON
    """No correct schema is refused, and each decides what it says."""
    read = read_schema(json.dumps(schema))
    assert read.find_violations(make_session(output=good)) == ()
    assert read.find_violations(make_session(output=bad)) != ()


@pytest.mark.parametrize("name", [{}, {"$id": ""}, {"$id": "https://x.test/strict"}], ids=str)
@pytest.mark.parametrize(
    ("draft", "anchor", "reference"),
    [
        (D2020, {"$dynamicAnchor": "node"}, {"$dynamicRef": "#node"}),
        (D2019, {"$recursiveAnchor": True}, {"$recursiveRef": "#"}),
    ],
)
def test_a_reference_to_where_one_came_from_needs_no_name_of_the_schema(
    name: dict[str, Any], draft: str, anchor: dict[str, Any], reference: dict[str, Any]
) -> None:
    """A strict tree made of a lax one is strict below its root too, with and without `$id`."""
    children = {"type": "array", "items": reference}
    lax = {"$id": "tree", **anchor, "properties": {"v": True, "children": children}}
    strict = {"$ref": "tree", "unevaluatedProperties": False, "$defs": {"lax": lax}}
    root = {"$schema": draft, **name, **anchor, "type": "object", "required": ["v"]}
    schema = read_schema(json.dumps(root | strict))
    assert schema.find_violations(make_session(output={"v": 1, "children": [{"v": 2}]})) == ()
    typo: dict[str, Any] = {"v": 1, "children": [{"v": 2, "chidlren": []}]}
    assert [one.path for one in schema.find_violations(make_session(output=typo))] == [
        "$.children[0]"
    ]


def test_a_thousand_references_to_one_part_are_checked_in_no_time() -> None:
    """A part is looked at once, however often it is referred to: such schemas are common."""
    part = {"type": "object", "properties": {f"q{n}": {"type": "string"} for n in range(300)}}

    def seconds_for(references: int) -> float:
        names = [f"p{n}" for n in range(references)]
        schema = {
            "type": "object",
            "required": names,
            "properties": {name: {"$ref": "#/definitions/part"} for name in names},
            "definitions": {"part": part},
        }
        began_s = time.perf_counter()
        assert read_schema(json.dumps(schema)).document == schema
        return time.perf_counter() - began_s

    assert seconds_for(1000) < 100 * seconds_for(1)  # without: about 700 times
