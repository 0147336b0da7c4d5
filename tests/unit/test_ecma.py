"""A pattern means what ECMA 262 says, which is not always what Python would take it for."""

from __future__ import annotations

import json
import re

import pytest

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.ecma import PatternError, UnreadablePatternError, is_pattern, translate
from entrypoint.core.schema import read_schema
from tests.unit.builders import make_session

D2020 = "https://json-schema.org/draft/2020-12/schema"
ARABIC_3 = "\u0663"
GRIN = "\U0001f600"


@pytest.mark.parametrize(
    ("pattern", "matches", "others"),
    [
        pytest.param("^low$", ["low"], ["low\n", "low\r", "\nlow"], id="the very end"),
        pytest.param("^(low|high)$|^$", ["high", ""], ["high\n", "\n"], id="the end in each branch"),
        pytest.param(r"^\$[$]$", ["$$"], ["$$\n"], id="a dollar as a letter"),
        pytest.param("^.$", ["a", GRIN, "\x85"], ["\n", "\r", "\u2028", "\u2029", "ab"], id="any but line ends"),
        pytest.param(r"^\d$", ["3"], [ARABIC_3, "\uff13", "a"], id="digits"),
        pytest.param(r"^[\d]$", ["3"], [ARABIC_3], id="digits in a set"),
        pytest.param(r"^\D$", [ARABIC_3, "a", "\n"], ["3"], id="no digits"),
        pytest.param(r"^[^\D]$", ["3"], [ARABIC_3, "a"], id="no non-digits"),
        pytest.param(r"^\w$", ["a", "Z", "0", "_"], ["é", "ß", "-"], id="letters"),
        pytest.param(r"^[\W-]$", ["é", "-"], ["a", "_"], id="no letters"),
        pytest.param(r"^\s$", [*" \t\n\v\f\r\xa0\u1680\u2003\u2028\u202f\u205f\u3000\ufeff"], ["\x1c", "\x85", "\u180e", "\u200b"], id="blanks"),
        pytest.param(r"^\S$", ["\x1c", "\x85", "\u200b", "a", "\U0010ffff"], [" ", "\ufeff"], id="no blanks"),
        pytest.param(r"^[\s\S]$", ["\n", "a", GRIN, "\x00"], [""], id="anything at all"),
        pytest.param(r"\bé", ["aé"], ["é"], id="word ends are ASCII's"),
        pytest.param(r"^\B$", [""], ["a"], id="no word in nothing"),
        pytest.param(r"a\Bé", [], ["aé"], id="a word ends before a foreign letter"),
        pytest.param("^[]$", [], ["", "]", "a"], id="an empty set"),
        pytest.param("^[^]$", ["a", "\n", "]"], [""], id="anything but nothing"),
        pytest.param(r"^\cA\cj$", ["\x01\n"], ["cA"], id="control letters"),
        pytest.param(r"^\x41\u0042\u{43}\u{1F600}$", ["ABC" + GRIN], ["x"], id="code points"),
        pytest.param(r"^\ud83d\ude00$", [GRIN], ["\ud83d"], id="a pair of surrogates"),
        pytest.param(r"^\ud83d$", ["\ud83d"], [GRIN], id="a lone surrogate"),
        pytest.param(f"^[{GRIN}-\U0001f602]$", [GRIN], ["\ud83d"], id="a range beyond 16 bits"),
        pytest.param(r"^\0[\b]\t\v$", ["\0\b\t\v"], ["0b"], id="control characters"),
        pytest.param(r"^\/\.\-\_\^[\]\\^-]$", ["/.-_^]", "/.-_^\\", "/.-_^-", "/.-_^^"], ["/x-_^]"], id="marks"),
        pytest.param("^[[&&~~||]$", ["[", "&", "~", "|"], ["]"], id="marks in a set"),
        pytest.param("^[+--]$", ["+", ",", "-"], ["."], id="a range up to the hyphen"),
        pytest.param("^(?<first>a)(b)?(?:c){1,2}?$", ["ac", "abcc"], ["abccc"], id="groups"),
        pytest.param("^(?=a)(?!ab)a.(?<=c)(?<!b)$", ["ac"], ["ab"], id="looking around"),
        pytest.param("^a{2}b{1,}c{0,2}$", ["aab", "aabbcc"], ["ab", "aabccc"], id="repetitions"),
    ],
)  # fmt: skip
def test_a_pattern_means_what_the_standard_says(
    pattern: str, matches: list[str], others: list[str]
) -> None:
    """Nothing that a pattern refuses for everybody else passes here, and the other way round."""
    found = re.compile(translate(pattern))
    assert [text for text in matches if not found.search(text)] == []
    assert [text for text in others if found.search(text)] == []
    assert is_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "advice"),
    [
        pytest.param(r"\Alow", "`^` is the start", id="Python's start"),
        pytest.param(r"low\Z", "`$` is the end", id="Python's end"),
        pytest.param(r"low\z", "`$` is the end", id="PCRE's end"),
        pytest.param("(?P<a>b)", "(?<name>…)", id="Python's name"),
        pytest.param("(?i)low", "both cases", id="a flag"),
        pytest.param("(?i:low)", "both cases", id="a flag for a group"),
        pytest.param("(?>a)", "kinds of groups", id="atomic"),
        pytest.param("(?#a)", "kinds of groups", id="a comment"),
        pytest.param("a++", "nothing that it could repeat", id="possessive"),
        pytest.param("*a", "nothing that it could repeat", id="nothing before"),
        pytest.param("^*", "nothing that it could repeat", id="a start repeated"),
        pytest.param("(?=a)+", "nothing that it could repeat", id="a look repeated"),
        pytest.param("(?<=a)+", "nothing that it could repeat", id="a look back repeated"),
        pytest.param("(|+)", "nothing that it could repeat", id="a branch repeated"),
        pytest.param("a{,3}", "`{0,3}`", id="no least"),
        pytest.param("a{3,1}", "`{0,3}`", id="turned round"),
        pytest.param("{", "`\\{`", id="a brace"),
        pytest.param("a}", "`\\}`", id="a closing brace"),
        pytest.param("[]a]", "`\\]`", id="Python's bracket in a set"),
        pytest.param("a)", "`\\)`", id="one group too few"),
        pytest.param("((a)", "group is not closed", id="one group too many"),
        pytest.param("[a", "set is not closed", id="a set that goes on"),
        pytest.param(r"[a\]", "set is not closed", id="a set whose end is escaped"),
        pytest.param("[b-a]", "the lower one first", id="a range turned round"),
        pytest.param(r"[\d-z]", "two characters", id="a range from a class"),
        pytest.param(r"[a-\d]", "two characters", id="a range to a class"),
        pytest.param(r"\u{110000}", "character 1", id="no such character"),
        pytest.param(r"a\u12", "character 2", id="half a code"),
        pytest.param(r"\01", "character 1", id="octal"),
        pytest.param(r"\a", "character 1", id="a bell"),
        pytest.param("a\\", "character 2", id="a lone backslash"),
    ],
)  # fmt: skip
def test_what_is_no_pattern_is_refused_with_advice(pattern: str, advice: str) -> None:
    """Python's own inventions and slips of the pen are said, with the place and what to write."""
    with pytest.raises(PatternError, match=re.escape(advice)) as refused:
        translate(pattern)
    assert not isinstance(refused.value, UnreadablePatternError)
    assert not is_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param(r"(a)\1", "refers back", id="a number"),
        pytest.param(r"(?<x>a)\k<x>", "refers back", id="a name"),
        pytest.param(r"\p{Lu}", "Unicode property", id="a property"),
        pytest.param(r"[\P{Script=Greek}a]", "Unicode property", id="a property in a set"),
        pytest.param("(?<=a+)b", "looks behind", id="looking behind at any length"),
        pytest.param("(" * 5000 + ")" * 5000, "too large", id="nested too deep"),
    ],
)
def test_what_cannot_be_said_in_python_is_refused(pattern: str, reason: str) -> None:
    """A pattern of the standard that would be read otherwise is not read at all."""
    with pytest.raises(UnreadablePatternError, match=reason):
        translate(pattern)
    assert is_pattern(pattern)


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"pattern": "^low$"}, id="pattern"),
        pytest.param({"$ref": "#/x-parts/word", "x-parts": {"word": {"pattern": "^low$"}}}, id="a part that only a reference reaches"),
        pytest.param({"$ref": "#/x-parts/pattern/patternProperties/%5Elow$", "x-parts": {"pattern": {"patternProperties": {"^low$": {"pattern": "^low$"}}}}}, id="a reference through a pattern"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("draft", [3, 4, 6, 7])
def test_every_draft_reads_patterns_so(draft: int, schema: dict[str, object]) -> None:
    """A line break after the word is another word, wherever the pattern stands."""
    named = {"$schema": f"http://json-schema.org/draft-0{draft}/schema#"}
    whole = named | {"type": "array", "minItems": 1, "items": schema}
    text = json.dumps(whole).replace("#/", "#/items/")
    read = read_schema(text)
    assert read.find_violations(make_session(output=["low"])) == ()
    (found,) = read.find_violations(make_session(output=["low\n"]))
    assert found.message == r'must match the pattern `^low$`, not `"low\n"`'
    assert json.loads(read.text) == json.loads(text), "Devin is told the team's own pattern"


@pytest.mark.parametrize(
    ("more", "extra"),
    [
        pytest.param({"additionalProperties": False}, "low\n", id="additionalProperties"),
        pytest.param({"$schema": D2020, "unevaluatedProperties": False}, "low\n", id="unevaluatedProperties"),
        pytest.param({"patternProperties": {"^low$": False}, "minProperties": 1}, "low", id="patternProperties"),
        pytest.param({"propertyNames": {"pattern": "^low$"}}, "low\n", id="propertyNames"),
    ],
)  # fmt: skip
def test_names_are_matched_so_too(more: dict[str, object], extra: str) -> None:
    """A property that no pattern names does not slip through one that Python reads otherwise."""
    schema = {"type": "object", "minProperties": 1, "patternProperties": {"^low$": {}}} | more
    (other,) = {"low", "low\n"} - {extra}
    read = read_schema(json.dumps(schema))
    assert read.find_violations(make_session(output={other: 1})) == ()
    assert read.find_violations(make_session(output={extra: 1})) != ()


def test_what_only_looks_like_a_pattern_stays_what_it_is() -> None:
    """A value that the output must equal is compared as the team wrote it."""
    value: dict[str, Json] = {
        "pattern": "^a$",
        "patternProperties": {"^a$": "("},
        "other": [{"pattern": "("}],
    }
    read = read_schema(json.dumps({"enum": [value]}))
    assert read.find_violations(make_session(output=value)) == ()
    assert read.find_violations(make_session(output=value | {"pattern": "^a\\Z"})) != ()


@pytest.mark.parametrize("pattern", ["(", r"(a)\1"], ids=["broken", "unreadable"])
@pytest.mark.parametrize("keyword", ["pattern", "patternProperties"])
def test_a_schema_with_such_a_pattern_is_refused(keyword: str, pattern: str) -> None:
    """The team learns it before anything is spent, with the pattern in the message."""
    rule = pattern if keyword == "pattern" else {pattern: {}}
    with pytest.raises(DocumentError, match=r"the pattern `.*(?:expression|used): "):
        read_schema(json.dumps({"type": "string", keyword: rule}))


@pytest.mark.parametrize(
    ("text", "valid"), [("^a$", True), (r"(a)\1\p{L}", True), (r"^a\Z", False), ("(?P<a>b)", False)]
)
def test_the_format_regex_is_the_standards(text: str, *, valid: bool) -> None:
    """A pattern that Devin writes is judged by the same grammar, and need not be usable here."""
    found = read_schema('{"type":"string","format":"regex"}').find_violations(
        make_session(output=text)
    )
    assert (found == ()) is valid
