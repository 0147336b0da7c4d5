"""What becomes of a rule: true, or not true with the reason, and the values that decided it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from entrypoint.core.documents import Json
from entrypoint.core.gate import Gate, GateResult
from entrypoint.core.sandbox import Sandbox, Unfinished, no_sandbox
from entrypoint.core.text import Redactor
from tests.unit.builders import API_KEY, make_redactor

OUTPUT: dict[str, Json] = {
    "risk": "high",
    "score": 3,
    "share": 3.5,
    "whole": 3.0,
    "big": 2**53 + 1,
    "huge": 2**63,
    "tests": {"pass": True, "reasoning": None},
    "findings": [{"severity": "low"}, {"severity": "high", "file": "a`b"}, {"severity": "low"}],
    "empty": [],
    "name": "πέντε😀",
    "one": True,
    "key": "risk",
    "__class__": "mine",
}
SESSION: dict[str, Json] = {"phase": "finished", "acus_consumed": None, "pull_requests": []}
PULL_REQUEST: dict[str, Json] = {"number": 12, "labels": ["bug"], "draft": False}


def facts_with(output: Json = None, pull_request: Json = None) -> dict[str, Json]:
    """Return the facts of a run, with another output or without a pull request."""
    return {
        "output": OUTPUT if output is None else output,
        "session": SESSION,
        "pull_request": pull_request,
    }


def ask(
    rule: str,
    facts: dict[str, Json] | None = None,
    sandbox: Sandbox = no_sandbox,
    redactor: Redactor | None = None,
) -> GateResult:
    """Return what becomes of one rule."""
    known = facts_with(pull_request=PULL_REQUEST) if facts is None else facts
    (result,) = Gate((rule,)).evaluate(known, sandbox, redactor or make_redactor())
    assert result.rule == rule
    assert len(result.detail.splitlines()) == 1
    assert result.detail.count("`") % 2 == 0
    return result


@pytest.mark.parametrize(
    ("rule", "passed", "detail"),
    [
        ('output.risk == "low"', False, '`output.risk` = `"high"`'),
        ('output.risk == "high"', True, '`output.risk` = `"high"`'),
        ('output["risk"] == "high"', True, '`output.risk` = `"high"`'),
        ('output.risk in ["low", "medium"]', False, '`output.risk` = `"high"`'),
        ('output.risk in ["low", "high"]', True, '`output.risk` = `"high"`'),
        ("output.tests.pass", True, "`output.tests.pass` = `true`"),
        ("!output.tests.pass", False, "`output.tests.pass` = `true`"),
        ("output.score >= 3", True, "`output.score` = `3`"),
        ("output.score > 3", False, "`output.score` = `3`"),
        ("output.score == 3.0", True, "`output.score` = `3`"),
        ("output.score < 3.5", True, "`output.score` = `3`"),
        ("output.share >= 3", True, "`output.share` = `3.5`"),
        ("output.share == 3", False, "`output.share` = `3.5`"),
        ("output.whole == 3", True, "`output.whole` = `3.0`"),
        ("output.big == 9007199254740992", False, "`output.big` = `9007199254740993`"),
        ("output.huge > 9223372036854775807", True, "`output.huge` = `9223372036854775808`"),
        ("output.one == 1", False, "`output.one` = `true`"),
        ("output.score == true", False, "`output.score` = `3`"),
        ("[output.one] == [1]", False, "`output.one` = `true`"),
        ("output.risk == null", False, '`output.risk` = `"high"`'),
        ("output.tests.reasoning == null", True, "`output.tests.reasoning` = `null`"),
        ("size(output.name) == 6", True, '`output.name` = `"πέντε😀"`'),
        ('output.name.startsWith("πέ")', True, '`output.name` = `"πέντε😀"`'),
        ('output.risk.matches("^h.gh$")', True, '`output.risk` = `"high"`'),
        ('output.risk.contains("ig") && output.risk.endsWith("h")', True, '`output.risk` = `"high"`'),
        ('output.risk == "low" ? false : output.tests.pass', True, '`output.risk` = `"high"`; `output.tests.pass` = `true`'),
        ("output[output.key] == 'high'", True, '`output` has 13 fields; `output.key` = `"risk"`'),
        ("output.__class__ == 'mine'", True, '`output.__class__` = `"mine"`'),
        ("size(output.tests) == 2", True, '`output.tests` = `{"pass": true, "reasoning": null}`'),
        ("output.findings.size() <= 2", False, "`output.findings` has 3 items"),
        ("!output.findings.all(f, f.severity == 'low')", True, "`output.findings` has 3 items"),
        ("output.empty.all(f, false)", True, "`output.empty` = `[]`"),
        ("output.findings.exists(f, f.severity == 'none')", False, "`output.findings` has 3 items"),
        ("output.findings.exists_one(f, f.severity == 'high')", True, "`output.findings` has 3 items"),
        ("output.findings.filter(f, f.severity == 'high').size() == 1", True, "`output.findings` has 3 items"),
        ("output.findings.map(f, f.severity) == ['low', 'high', 'low']", True, "`output.findings` has 3 items"),
        ("session.phase == 'finished'", True, '`session.phase` = `"finished"`'),
        ("session.pull_requests.size() == 0", True, "`session.pull_requests` = `[]`"),
        ("pull_request.number == 12 && 'bug' in pull_request.labels", True, '`pull_request.number` = `12`; `pull_request.labels` = `["bug"]`'),
        ("pull_request != null", True, '`pull_request` = `{"number": 12, "labels": ["bug"], "draft": false}`'),
    ],
)  # fmt: skip
def test_a_rule_is_true_or_false(rule: str, passed: object, detail: str) -> None:
    """By CEL's meaning of each operator, with the values that decided it."""
    result = ask(rule)
    assert (result.passed, result.detail) == (passed, detail)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("low\u200b", r"low\u200b"),
        ("low\xa0", r"low\u00a0"),
        ("l\U000e0061ow", r"l\udb40\udc61ow"),
        ("low\n", r"low\n"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_is_shown(value: str, shown: str) -> None:
    """Nobody reads that `low` is not `low`."""
    result = ask('output.risk == "low"', facts_with({"risk": value}))
    assert (result.passed, result.detail) == (False, f'`output.risk` = `"{shown}"`')


@pytest.mark.parametrize(
    ("rule", "detail"),
    [
        ("output.rsik == 'low'", "`output.rsik` is not there"),
        ("output.tests.pass.more", "`output.tests.pass.more` is not there"),
        ("output.findings[7].severity == 'low'", "`output.findings[7].severity` is not there"),
        ("output.risk > 3", '`output.risk` = `"high"`; cannot be computed: `No matching overloads found : _>_(string, int64)`'),
        ("output.score / 0 == 1", "`output.score` = `3`; cannot be computed: `divide by zero`"),
        ("output.huge + 1 > 1", "`output.huge` = `9223372036854775808`; cannot be computed: `No matching overloads found : _+_(uint64, int64)`"),
        ("output.big * output.big > 1", "`output.big` = `9007199254740993`; cannot be computed: `integer overflow`"),
        ("session.acus_consumed < 5", "`session.acus_consumed` = `null`; cannot be computed: `No matching overloads found : _<_(null_type, int64)`"),
        ('output.risk.matches(output.findings[1].file + "(")', '`output.risk` = `"high"`; `output.findings[1].file` = `"a\'b"`; cannot be computed: `invalid regular expression: missing ): a\'b(`'),
        ("output.risk", '`output.risk` = `"high"`; gives string, not true or false'),
        ("output.score", "`output.score` = `3`; gives int, not true or false"),
        ("output.tests", '`output.tests` = `{"pass": true, "reasoning": null}`; gives map<dyn, dyn>, not true or false'),
        ("output.tests.reasoning", "`output.tests.reasoning` = `null`; gives null, not true or false"),
        ("output.one ? output.risk : output.score", '`output.one` = `true`; `output.risk` = `"high"`; `output.score` = `3`; gives string, not true or false'),
        ("output.risk && true", '`output.risk` = `"high"`; cannot be computed: `No matching overloads found : _&&_`'),
        ("output[output.name] == 1", '`output` has 13 fields; `output.name` = `"πέντε😀"`; cannot be computed: `Key not found in map : "πέντε😀"`'),
        ("output.findings[output.score].severity == 'x'", "`output.findings` has 3 items; `output.score` = `3`; cannot be computed: `Index error: index=3 size=3`"),
        ("pull_request.draft.x", "`pull_request.draft.x` is not there"),
    ],
)  # fmt: skip
def test_a_rule_that_errs_or_is_no_boolean_is_not_true(rule: str, detail: str) -> None:
    """Neither a value that is missing nor the text `true` opens a gate, and the reason is said."""
    result = ask(rule)
    assert (result.passed, result.detail) == (False, detail)


@pytest.mark.parametrize(
    ("rule", "passed"),
    [
        ("output.gone || output.tests.pass", True),
        ("output.tests.pass || output.gone", True),
        ("output.gone || output.score == 4", False),
        ("output.gone && output.score == 4", False),
        ("output.gone && output.tests.pass", False),
        ("!(output.gone && output.score == 4)", True),
        ("output.findings.exists(f, f.file == 'a`b')", True),
        ("output.findings.all(f, f.file == 'a`b')", False),
        ("has(output.gone) || output.tests.pass", True),
        ("!has(output.gone)", True),
        ("has(output.gone.more)", False),
    ],
)
def test_an_error_is_absorbed_where_the_rest_decides(rule: str, passed: object) -> None:
    """CEL's own logic: `true || error` is true and `false && error` is false, in either order."""
    assert ask(rule).passed is passed


@pytest.mark.parametrize("rule", ["pull_request.draft == false", "size(pull_request.labels) == 0"])
def test_without_a_pull_request_a_rule_about_it_is_not_true(rule: str) -> None:
    """There is none on a schedule, and that is said."""
    result = ask(rule, facts_with())
    assert (result.passed, result.detail) == (False, "there is no pull request")
    assert ask("pull_request == null", facts_with()).passed


ITEMS = "`output.findings` has 3 items"
FIRST = f'{ITEMS}; `output.findings[0]` = `{{"severity": "low"}}`'
SECOND = ITEMS + """; `output.findings[1]` = `{"severity": "high", "file": "a'b"}`"""


@pytest.mark.parametrize(
    ("rule", "detail"),
    [
        ("output.findings.all(f, f.severity == 'low')", SECOND),
        ("output.findings.all(f, f.file != '')", f'{FIRST}; cannot be computed: `Key not found in map : "file"`'),
        ("output.findings.all(f, f.severity == output.risk)", f'{FIRST}; `output.risk` = `"high"`'),
        ("output.findings.all(f, output.empty.all(e, e == f) && f.severity == 'low')", f"{SECOND}; `output.empty` = `[]`"),
        ("output.findings.exists(f, output.findings.all(g, f == g))", ITEMS),
        ("output.findings.all(f, f.severity == 'low') || output.findings.all(g, g.severity == 'high')", f"{SECOND}; {FIRST}"),
        ("output.tests.all(f, f == 'pass')", '`output.tests` = `{"pass": true, "reasoning": null}`'),
    ],
)  # fmt: skip
def test_the_first_item_that_breaks_an_all_is_shown(rule: str, detail: str) -> None:
    """Of a long list a person reads which item it was."""
    result = ask(rule)
    assert (result.passed, result.detail) == (False, detail)


def test_the_first_name_that_breaks_an_all_over_an_object_is_shown() -> None:
    """With its value; the object itself, which the condition names again, is told once."""
    checks: dict[str, Json] = {**dict.fromkeys(map(str, range(9)), "pass"), "lint": "fail"}
    result = ask("output.checks.all(c, output.checks[c] == 'pass')", facts_with({"checks": checks}))
    assert result.detail == '`output.checks` has 10 fields; `output.checks.lint` = `"fail"`'


@pytest.mark.parametrize(
    ("length", "detail"),
    [(56, f'`output.l` = `["{"é" * 56}"]`'), (57, "`output.l` has 1 item")],
)
def test_a_short_list_is_shown_in_whole(length: int, detail: str) -> None:
    """As far as 60 characters; what is longer would bury the values beside it."""
    result = ask("output.l.exists(t, t == '')", facts_with({"l": ["é" * length]}))
    assert (result.passed, result.detail) == (False, detail)


@pytest.mark.parametrize(
    ("output", "detail"),
    [
        ({"risk": "low\0 or not"}, "`output.risk` holds a character that no rule can compare"),
        ({"risk": "low", "x": "\ud800"}, "`output.x` holds a character that no rule can compare"),
        ({"risk": "low", "risk\0": 1}, "`output` has a name with a character that no rule can compare"),
        ({"risk": "low", "n": [10**30]}, "`output.n[0]` is a number beyond 64 bits"),
        ({"risk": "low", "`@team`\u202e": "\0"}, "`output.'@team'` holds a character that no rule can compare"),
    ],
    ids=ascii,
)  # fmt: skip
def test_an_output_that_would_be_changed_on_its_way_is_not_judged(
    output: dict[str, Json], detail: str
) -> None:
    """No rule is true of an answer that the library would see another way than a reader."""
    result = ask('output.risk == "low"', facts_with(output))
    assert (result.passed, result.detail) == (False, detail)


def test_what_is_shown_is_cut_and_without_secrets() -> None:
    """A secret is taken out before anything is cut, and a detail stays readable."""
    result = ask(
        "output.a == output.b", facts_with({"a": f"{'x' * 100}{API_KEY}", "b": "y" * 9999})
    )
    assert "***" in result.detail
    assert "apk" not in result.detail
    assert len(result.detail) < 300


@pytest.mark.parametrize(
    ("number", "end"), [(8, "`7`"), (9, "`7`; and 1 more"), (12, "`7`; and 4 more")]
)
def test_of_many_values_eight_are_shown(number: int, end: str) -> None:
    """And how many more there are, where there are."""
    rule = " && ".join(f"output.p{n} == 1" for n in range(number))
    shown = ask(rule, facts_with({f"p{n}": n for n in range(number)})).detail
    assert shown.endswith(f"`output.p7` = {end}")


def test_a_secret_in_an_error_or_a_name_is_not_shown() -> None:
    """Whatever words of the library or of the answer a detail quotes."""
    facts = facts_with({"k": API_KEY, "l": [{API_KEY: 1}]})
    for rule in ("output[output.k] == 1", "output.l.all(x, x == 1)", f'output["{API_KEY}"] == 1'):
        assert "apk" not in ask(rule, facts).detail


def test_rules_are_told_in_their_order() -> None:
    """Each has its own result, whatever became of the others."""
    gate = Gate(('output.risk == "high"', "output.gone", "output.score == 3"))
    results = gate.evaluate(facts_with(), no_sandbox, make_redactor())
    assert [result.passed for result in results] == [True, False, True]
    assert results[0].as_json() == {
        "rule": 'output.risk == "high"',
        "passed": True,
        "detail": '`output.risk` = `"high"`',
    }


@pytest.mark.parametrize(("passed", "sign"), [(True, "✅"), (False, "❌")])
def test_a_result_is_a_line_of_the_log(*, passed: bool, sign: str) -> None:
    """Whether it is true, the rule as far as 200 characters, and why."""
    assert GateResult("a" * 200, passed, "why").say() == f"{sign} `{'a' * 200}`: why"
    assert GateResult("a" * 201, passed, "why").say() == f"{sign} `{'a' * 199}…`: why"


def test_without_a_result_no_rule_is_true() -> None:
    """Where the computing is ended, all rules are not true, with the reason."""

    def sandbox(_compute: Callable[[], Json], /) -> Json:
        raise Unfinished("was not over within 5 s")

    gate = Gate(("output.one", "output.tests.pass"))
    for result in gate.evaluate(facts_with(), sandbox, make_redactor()):
        assert (result.passed, result.detail) == (False, "the gate was not over within 5 s")


@pytest.mark.parametrize("short", [1, 2], ids=["computing", "looking for the item"])
def test_a_result_that_is_missing_is_a_bug_and_no_pass(short: int) -> None:
    """Fewer results than rules would leave a rule out of the verdict."""
    calls: list[None] = []

    def sandbox(compute: Callable[[], Json], /) -> Json:
        calls.append(None)
        told = compute()
        return told[:-1] if len(calls) == short and isinstance(told, list) else told

    rules = ("output.findings.all(f, f.severity == 'low')", "output.findings.all(f, f.file == '')")
    with pytest.raises(ValueError, match="shorter"):
        Gate(rules).evaluate(facts_with(), sandbox, make_redactor())


def test_the_verdict_stands_without_the_item_that_broke_it() -> None:
    """Showing which item it was may fail; what was computed before counts."""
    calls: list[None] = []

    def sandbox(compute: Callable[[], Json], /) -> Json:
        calls.append(None)
        if len(calls) > 1:
            raise Unfinished("broke down")
        return compute()

    result = ask("output.findings.all(f, f.severity == 'low')", sandbox=sandbox)
    assert (result.passed, result.detail) == (False, "`output.findings` has 3 items")


@pytest.mark.parametrize(
    ("rules", "needs"),
    [
        (["output.risk == 'low'", "session.phase == 'x'"], False),
        (["pull_request.number == 1 && pull_request.base_ref == pull_request.head_sha"], False),
        (["output.risk == 'low'", "!pull_request.draft"], True),
        (["pull_request.author == 'x'"], True),
        (["pull_request.author.number == 'x'"], True),
        (["pull_request != null"], True),
        (["pull_request['labels'].size() == 0"], True),
    ],
)
def test_a_gate_says_whether_a_merge_queue_tells_enough(rules: list[str], needs: object) -> None:
    """Its event has a number, a commit and a base; the rest must be read."""
    assert Gate(tuple(rules)).needs_more_than_merge_group is needs
