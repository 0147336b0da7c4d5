"""A gate is read line by line, and what is wrong with it is told before anything is spent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.gate_text import MAX_GATE_BYTES, check_against_schema, read_gate
from entrypoint.core.sandbox import Unfinished
from tests.unit.builders import RISK_SCHEMA, parse, required

LOW = 'output.risk == "low"'


def problem_of(text: str) -> str:
    """Return what is said about a gate that is refused."""
    with pytest.raises(DocumentError) as caught:
        read_gate(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (LOW, [LOW]),
        (f"\n  {LOW}  \n\n\t\n", [LOW]),
        (f"# why\n  # more\n{LOW}\n\t# end", [LOW]),
        (f"{LOW}\r\noutput.a\r\n", [LOW, "output.a"]),
        ("output.a\noutput.a", ["output.a", "output.a"]),
        (f"\u200b # out of sight before it\n{LOW}", [LOW]),
        (f"\u200b\n\u3000\n{LOW}", [LOW]),
        ("output.a == '# none'", ["output.a == '# none'"]),
        ("output.a // a remark of CEL's own", ["output.a // a remark of CEL's own"]),
        ("output.a\t==\t1", ["output.a\t==\t1"]),
        ("-output.a < 1", ["-output.a < 1"]),
        ("output.ä == 1".replace("ä", "a") + " || output.a == 'ä😀'", ["output.a == 1 || output.a == 'ä😀'"]),
        ("\n".join([LOW] * 50), [LOW] * 50),
    ],
    ids=ascii,
)  # fmt: skip
def test_each_line_is_a_rule(text: str, rules: list[str]) -> None:
    """Blank lines are passed over, and so are those whose first visible character is `#`."""
    assert read_gate(text).rules == tuple(rules)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("", "it holds no rule"),
        ("\n  # only a remark\n", "it holds no rule"),
        ("output.risk == ", "line 1, column 15: `Syntax error: mismatched input '<EOF>'`"),
        ("output.risk = 'low'", "line 1, column 13: `Syntax error: token recognition error"),
        ("output.risk = 'low'", "; equal is `==`"),
        ("output.risk='low'", "; equal is `==`"),
        ("# why\n\n   (output.a", "line 3, column 13: `Syntax error: missing ')'"),
        ("output.a output.b", "line 1, column 10: `Syntax error: mismatched input 'output'"),
        ("output.a output.b", "; one rule a line; YAML keeps lines behind `|`, not `>`"),
        ("output.l.every(f, f.a)", "column 10: `every` is not known; known are has, all, exists,"),
        ("output.l . al( f , f.a)", "column 12: `al` is not known; did you mean `all`?"),
        ("output.l.all(f, g.a)", "column 17: `g` is not known; known are output,"),
        ("output.a; output.b", "column 9"),
        ("output.a &&\noutput.b", "'<EOF>'`; each line is a rule of its own"),
        ("output.a\n  && output.b", "line 2, column 3: `Syntax error: extraneous input '&&'`; each line is"),
        ("output.a\n  ? output.b : output.c", "line 2, column 3: `Syntax error: extraneous input '?'`; each"),
        ("output.a and output.b", "column 10: `Syntax error: mismatched input 'and'`; and is `&&`, or is"),
        ("output.a == low", "column 13: `low` is not known; known are output, session, pull_request, true,"),
        ("output.a == low", "; as a text it stands in quotation marks, as a field behind `output.`"),
        ("output.a == True", "column 13: `True` is not known; did you mean `true`?"),
        ("not output.a", "column 5: `Syntax error: mismatched input 'output'`; and is `&&`, or is `||`, not is"),
        ("output.a && (not output.b)", "; and is `&&`, or is `||`, not is `!`"),
        ("output.a # why", "a remark has a line of its own, or begins with `//`"),
        (f"- {LOW}\n- output.a", "line 1, column 1: a gate is no list; leave out the `-`"),
        (f"- '{LOW}'", "line 1, column 1: a gate is no list; leave out the `-`"),
        ("output.a == 18446744073709551616", "column 13: `invalid int literal`"),
        ("outptu.risk == 'low'", "line 1, column 1: `outptu` is not known; did you mean `output`?"),
        ("output.a && zzz", "column 13: `zzz` is not known; known are output, session,"),
        ("  !pul_request.draft", "column 4: `pul_request` is not known; did you mean `pull_request`?"),
        ("output.risk.startWith('l')", "column 13: `startWith` is not known; did you mean `startsWith`?"),
        ("sise(output.a) == 1", "column 1: `sise` is not known; did you mean `size`?"),
        ("session.statsu == 'x'", "column 1: `session` has no field `statsu`; did you mean `status`?"),
        ("output.a && session['statsu'] == ''", "column 13: `session` has no field `statsu`"),
        ("has(pull_request.title)", "column 5: `pull_request` has no field `title`; known are number,"),
        ("session[0] == 1", "`session` has no field `0`"),
        ("output.a.startsWith(1)", "`found no matching overload for 'startsWith' applied to '(dyn, int)'`"),
        ("'a' == 1 || output.a", "`found no matching overload for '_==_' applied to '(string, int)'`"),
        ("size(output.a)", "line 1: it gives int, not true or false"),
        ("'low'", "it gives string, not true or false"),
        ("output.a.map(x, x)", "it gives list<dyn>, not true or false"),
        ("true", "line 1: it looks at none of `output`, `session`, `pull_request`, so it decides nothing"),
        ("1 == 1", "it decides nothing"),
        ("'output.risk' == 'output.risk'", "it decides nothing"),
        ("[{'risk': 'low'}].exists(output, output.risk == 'low')", "column 26: `output` is a variable's name already"),
        ("output.l . filter ( session , session) == []", "column 21: `session` is a variable's name already"),
        ("(" * 40 + "output.a" + ")" * 40, "line 1: `Expression recursion limit exceeded"),
        ("output.a\u200b", "line 1, column 9: an invisible character (U+200B)"),
        ("output.a == '\u202e'", "column 14: an invisible character (U+202E)"),
        ("output.a\u00a0== 1", "column 9: an invisible character (U+00A0)"),
        ("output.a\routput.b", "column 9: an invisible character (U+000D)"),
        ("# remark\rfalse", "column 9: an invisible character (U+000D)"),
        ("# remark\u2028false", "column 9: an invisible character (U+2028)"),
        ("# remark\x0bfalse", "column 9: an invisible character (U+000B)"),
        ("# remark\x85false", "column 9: an invisible character (U+0085)"),
        ("\n".join([LOW] * 51), "it has more than 50 rules"),
        ("# " + "é" * (MAX_GATE_BYTES // 2) + f"\n{LOW}", "it has more than 64 KiB"),
    ],
    ids=lambda text: ascii(text)[:40],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused(rule: str, why: str) -> None:
    """The team reads in which line and column it is wrong, and what may be meant."""
    assert why in problem_of(rule)


def test_all_faults_are_told_at_once() -> None:
    """Up to five, by their lines, and how many more there are."""
    told = problem_of(f"outptu.a\n{LOW}\nsession.x\n1\noutput.\ntrue\noutput.+")
    parts = told.split("; ")
    lines = [part.partition(",")[0].partition(":")[0] for part in parts if part.startswith("line")]
    assert lines == ["line 1", "line 3", "line 4", "line 5", "line 6"]
    assert parts[-1] == "and 1 more"


def test_a_check_that_does_not_end_is_a_fault() -> None:
    """Where even compiling cannot be done, nothing is spent."""

    def sandbox(_compute: Callable[[], Json], /) -> Json:
        raise Unfinished("was not over within 5 s")

    with pytest.raises(DocumentError, match="compiling it was not over within 5 s"):
        read_gate(LOW, sandbox)


CLOSED: dict[str, Json] = {
    "type": "object",
    "required": ["risk"],
    "additionalProperties": False,
    "properties": {
        "risk": {"enum": ["low", "high"]},
        "tests": {"properties": {"pass": {"type": "boolean"}}},
        "findings": {"type": "array", "items": {"properties": {"severity": {}}}},
    },
}


@pytest.mark.parametrize(
    ("rule", "schema", "why"),
    [
        ("output.rsik == 'low'", {}, "no property `rsik`, so Devin is not asked for it; did you mean `risk`?"),
        ("!has(output.zzz)", {}, "no property `zzz`, so Devin is not asked for it; known are risk, tests, findings"),
        ("output.tests.passed", {}, "no property `passed`"),
        ("output['tests'].passed", {}, "no property `passed`"),
        ("output.findings[0].sevrity == 'x'", {}, "no property `sevrity`"),
        ("output.tests.pass", {}, None),
        ("output.findings[0].severity == 'x'", {}, None),
        ("output.findings.all(f, f.sevrity == 'x')", {}, None),
        ("output.risk.more == 1", {}, None),
        ("output.tests.pass.length > 1", {}, "no `length` in what the schema calls `boolean`; `size()` tells"),
        ("output.findings.length == 0", {}, "no `length` in what the schema calls `array`; `size()` tells how"),
        ("output.findings[0][0] == 0", {}, None),
        ("output.tests.pass[0] == 0", {}, "no `0` in what the schema calls `boolean`"),
        ("output[output.risk] == 1", {}, None),
        ("session.phase == 'x' && pull_request.draft", {}, None),
        ("output.rsik == 'low'", {"additionalProperties": True}, None),
        ("output.rsik == 'low'", {"additionalProperties": {"type": "string"}}, None),
        ("output.rsik == 'low'", {"patternProperties": {"^r": {}}}, None),
        ("output.rsik == 'low'", {"allOf": [{"properties": {"rsik": {}}}]}, None),
        ("output.rsik == 'low'", {"$ref": "#/definitions/x"}, None),
        ("output.rsik == 'low'", {"properties": None}, None),
        ("output[0].rsik == 'low'", {"items": [{}]}, None),
        ("output[0].rsik == 'low'", {"items": {"properties": {"risk": {}}}, "prefixItems": []}, None),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_field_that_devin_is_not_asked_for_is_a_fault(
    rule: str, schema: dict[str, Json], why: str | None
) -> None:
    """Where the schema lists the fields, another one is a typo; where it is open, nobody knows."""
    gate, document = read_gate(rule), {**CLOSED, **schema}
    if why is None:
        check_against_schema(gate, document)
    else:
        with pytest.raises(DocumentError) as caught:
            check_against_schema(gate, document)
        assert why in str(caught.value)


def test_a_schema_without_a_word_on_more_properties_lists_them_too() -> None:
    """Devin is asked for what is listed; a rule on something else would fail after it was paid."""
    open_schema = {name: value for name, value in CLOSED.items() if name != "additionalProperties"}
    with pytest.raises(DocumentError, match="no property `rsik`"):
        check_against_schema(read_gate("output.rsik == 'low'"), open_schema)


@pytest.mark.parametrize(
    ("inputs", "files", "name", "why"),
    [
        ({"gate": LOW}, {}, "gate", "it needs a `structured_output_schema`"),
        ({"gate_file": "x"}, {"gate_file": LOW}, "gate_file", "it needs a `structured_output_schema`"),
        ({"gate": "output.a", "structured_output_schema": RISK_SCHEMA}, {}, "gate", "no property `a`"),
        ({"gate": "outptu.a", "structured_output_schema": RISK_SCHEMA}, {}, "gate", "`outptu` is not known"),
        ({"gate_file": "x", "structured_output_schema": RISK_SCHEMA}, {"gate_file": "1"}, "gate_file", "gives int"),
        ({"gate_file": "x", "structured_output_schema": RISK_SCHEMA}, {"gate_file": DocumentError("gone")}, "gate_file", "gone"),
        ({"gate": LOW, "gate_file": "x", "structured_output_schema": RISK_SCHEMA}, {"gate_file": LOW}, "gate_file", "`gate` is set as well"),
    ],
)  # fmt: skip
def test_a_gate_that_cannot_be_asked_is_a_problem(
    inputs: dict[str, str], files: dict[str, Any], name: str, why: str
) -> None:
    """Text or file: the input that was given is the one that is named, with the whole reason."""
    problems = parse(required(**inputs), files)[1]
    assert [problem.name for problem in problems] == [name]
    assert why in problems[0].got


@pytest.mark.parametrize("name", ["gate", "gate_file"])
def test_a_gate_is_a_setting(name: str) -> None:
    """The rules of the text, or of the file, are what is asked later."""
    inputs = required(structured_output_schema=RISK_SCHEMA, **{name: LOW})
    settings, problems = parse(inputs, {"gate_file": f"# from a file\n{LOW}"})
    assert problems == ()
    assert settings.gate is not None
    assert settings.gate.rules == (LOW,)
    assert parse(required())[0].gate is None
