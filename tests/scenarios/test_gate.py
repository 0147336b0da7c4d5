"""The gate: rules over Devin's answer, all of which must be true."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from entrypoint.__main__ import compose_world
from entrypoint.adapters.sandbox import ForkedSandbox
from tests.scenarios.page import show
from tests.scenarios.world import BAD, GOOD, HEAD, Gate, Run, blocked, finished, working

LOW = 'output.risk == "low"'
HIGH = {"risk": "high"}
OPEN_SCHEMA = "type: object\nrequired: [risk]\n"
QUEUE = "refs/heads/gh-readonly-queue/main/pr-12-" + "d" * 40


def results_of(run: Run) -> list[tuple[bool, str]]:
    """Return what `fromJSON` makes of the results, less the rules themselves."""
    results: list[dict[str, Any]] = json.loads(run.outputs["gate_results"])
    return [(result["passed"], result["detail"]) for result in results]


def test_every_rule_is_true(gate: Gate) -> None:
    """The step passes, and each rule is told with the values that decided it."""
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(gate=f"# What may merge by itself\n{LOW}\nsession.pull_requests.size() == 0")
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert results_of(run) == [
        (True, '`output.risk` = `"low"`'),
        (True, "`session.pull_requests` = `[]`"),
    ]
    for page in (show(run.summary), show(run.comments[0])):
        assert page.headings[:2] == ["✅ Devin Gate passed", "The gate's rules"]
        assert f'✅ {LOW} output.risk = "low"' in page.text
    assert f'✅ `{LOW}`: `output.risk` = `"low"`' in run.log


def test_a_rule_that_is_not_true_holds_the_merge(gate: Gate) -> None:
    """Red with what must be, what is, and every rule's own mark, wherever a person looks."""
    gate.devin_does(working(), blocked(60, HIGH))
    run = gate.run(gate=f'{LOW}\noutput.risk in ["low", "high"]', output_file="answer.json")
    assert (run.exit_code, run.outcome) == (1, "gate_failed")
    assert (run.outputs["conclusion"], run.outputs["passed"]) == ("failure", "false")
    assert run.outputs["reason"] == (
        'A rule of the gate is not true: `risk` must be `"low"` (`output.risk` = `"high"`).'
    )
    assert [passed for passed, _ in results_of(run)] == [False, True]
    for page in (show(run.summary), show(run.comments[0])):
        assert page.text.startswith('❌ Devin Gate: risk must be "low" 1 of the 2 rules')
        assert f'❌ {LOW} output.risk = "high"' in page.text
        assert '✅ output.risk in ["low", "high"] output.risk = "high"' in page.text
        assert "not judged" not in page.text
    assert f'❌ `{LOW}`: `output.risk` = `"high"`' in run.log
    assert json.loads((gate.workspace / "answer.json").read_text()) == HIGH, "it is schema-valid"


@pytest.mark.parametrize(
    ("rule", "detail"),
    [
        ("output.more.than.that", "`output.more.than.that` is not there"),
        ("output.risk > 3", "cannot be computed: `No matching overloads"),
        ("output.risk", "gives string, not true or false"),
        ("session.pull_requests[0] != ''", "`session.pull_requests[0]` is not there"),
    ],
)
def test_a_rule_that_gives_no_truth_is_not_true(gate: Gate, rule: str, detail: str) -> None:
    """An error and a value of another type are red with the reason, and no bug."""
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(gate=rule, structured_output_schema=OPEN_SCHEMA)
    assert (run.exit_code, run.outcome) == (1, "gate_failed")
    assert detail in results_of(run)[0][1]
    assert detail.replace("`", "") in show(run.comments[0]).text


@pytest.mark.only_on("v1", reason="v3 says what a session costs")
def test_a_cost_that_is_not_known_is_not_low(gate: Gate) -> None:
    """A rule about ACUs never passes on an API that does not say them."""
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(gate="session.acus_consumed < 5", structured_output_schema=OPEN_SCHEMA)
    assert (run.exit_code, run.outcome) == (1, "gate_failed")
    assert "`session.acus_consumed` = `null`; cannot be computed" in results_of(run)[0][1]


def test_rules_know_the_pull_request_of_the_event(gate: Gate) -> None:
    """Number, commit, base, author, draft and labels are those of the event."""
    pull = {
        "number": gate.number,
        "head": {"sha": HEAD, "repo": {"id": 1}},
        "base": {"ref": "main", "repo": {"id": 1}},
        "user": {"login": "octocat"},
        "draft": False,
        "labels": [{"name": "reviewed"}, {"name": "ü"}],
    }
    gate.on("pull_request", {"action": "labeled", "pull_request": pull})
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(
        gate=f"""
        pull_request.number == 12 && pull_request.head_sha == "{HEAD}"
        pull_request.base_ref == "main" && pull_request.author == "octocat"
        !pull_request.draft && pull_request.labels == ["reviewed", "ü"]
        """
    )
    assert run.outcome == "passed", run.outputs["gate_results"]
    reads = [seen.at_s for seen in run.github if "/pulls/" in seen.path]
    assert len(reads) == 1, "the one whether it moved, at the end"


@pytest.mark.parametrize("event", ["push", "issue_comment", "workflow_dispatch"])
def test_rules_know_the_pull_request_that_was_looked_up(gate: Gate, event: str) -> None:
    """Where the event does not hold it, GitHub's answer does."""
    gate.sim.github.edit_pull(gate.number, draft=True, labels=("a/b", "c"))
    issue = {"number": gate.number, "pull_request": {"url": "x"}}
    comment = {"user": {"login": "octocat"}, "author_association": "OWNER"}
    payload = {"issue": issue, "comment": comment} if event == "issue_comment" else {}
    gate.on(event, payload, sha=HEAD)
    gate.devin_does(working(), blocked(60, GOOD))
    number = "12" if event == "workflow_dispatch" else ""
    rule = "pull_request.draft && pull_request.labels == ['a/b', 'c']"
    run = gate.run(gate=rule, pull_request_number=number)
    assert run.outcome == "passed", run.outputs["gate_results"]


def test_without_a_pull_request_a_rule_about_it_is_not_true(gate: Gate) -> None:
    """On a schedule there is none, and that is said."""
    gate.on("schedule", {})
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(gate="pull_request.draft == false")
    assert (run.outcome, results_of(run)) == ("gate_failed", [(False, "there is no pull request")])
    assert gate.run(gate="pull_request == null").outcome == "passed"


@pytest.mark.parametrize(
    ("rule", "reads"),
    [
        ("pull_request.number == 12 && pull_request.base_ref == 'main'", 0),
        ("pull_request.head_sha.startsWith('ffff')", 0),
        ("pull_request.author == 'octocat' && pull_request.head_sha.startsWith('ffff')", 1),
        ("pull_request['labels'] == [] && !pull_request.draft", 1),
    ],
)
def test_a_merge_group_is_read_only_where_a_rule_needs_it(
    gate: Gate, rule: str, reads: int
) -> None:
    """The queue's event names a number alone; commit and base stay the group's own."""
    group = {"head_ref": QUEUE, "head_sha": "f" * 40, "base_ref": "refs/heads/main"}
    gate.on("merge_group", {"merge_group": group}, sha="f" * 40)
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(gate=rule)
    assert (run.outcome, run.outputs["head_sha"]) == ("passed", "f" * 40)
    assert len([seen for seen in run.github if seen.path.endswith("/pulls/12")]) == reads


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(blocked(60, BAD), id="the output breaks the schema"),
        pytest.param(blocked(60), id="no output"),
        pytest.param(finished(60), id="no output, and finished"),
    ],
)
def test_only_a_valid_output_is_put_before_the_gate(gate: Gate, step: Any) -> None:  # noqa: ANN401 - a simulator's step
    """A rule cannot turn green what the schema refuses, and is not even asked."""
    gate.devin_does(working(), step)
    run = gate.run(gate="session.phase != ''")
    assert run.exit_code == 1
    assert (run.outcome != "gate_failed", run.outputs["gate_results"]) == (True, "[]")


def test_a_gate_that_takes_for_ever_is_not_passed(gate: Gate) -> None:
    """Its computing is ended in code that hears no signal, and the run tells it."""
    gate.compose = lambda *of: replace(compose_world(*of), sandbox=ForkedSandbox(0.3))
    gate.devin_does(working(), blocked(60, {"risk": "a" * 200_000, "l": [*range(9_999)]}))
    run = gate.run(
        gate="output.l.all(x, !output.risk.matches('(a|aa)*b'))",
        structured_output_schema=OPEN_SCHEMA,
    )
    assert (run.exit_code, run.outcome) == (1, "gate_failed")
    assert results_of(run) == [(False, "the gate was not over within 0.3 s")]


@pytest.mark.parametrize(
    "output",
    [
        {"risk": "low\0high"},
        {"risk": "low", "\0": 1},
        {"risk": "low", "x": 10**40},
    ],
    ids=ascii,
)
def test_what_the_library_would_see_otherwise_is_not_passed(
    gate: Gate, output: dict[str, object]
) -> None:
    """A text that would be cut at its NUL is not `low`."""
    gate.devin_does(working(), blocked(60, output))
    run = gate.run(gate=LOW, structured_output_schema=OPEN_SCHEMA)
    assert (run.exit_code, run.outcome) == (1, "gate_failed")


def test_a_typo_costs_nothing(gate: Gate) -> None:
    """Every rule is compiled before Devin is asked, and all that is wrong is said at once."""
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(gate='outptu.risk == "low"\nsession.statsu == ""\noutput.risk =')
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    for part in ("did you mean output?", "did you mean status?", "line 3, column 13"):
        assert part in show(run.summary).text


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"gate": LOW, "structured_output_schema": ""}, "it needs a `structured_output_schema`"),
        ({"gate": "# nothing"}, "it holds no rule"),
        ({"gate": LOW, "gate_file": "rules"}, "`gate` is set as well"),
        ({"gate_file": "rules", "files_from": "workspace"}, "no such file"),
        ({"gate": 'output.rsik == "low"'}, "no property `rsik`"),
    ],
)
def test_a_gate_that_cannot_be_asked_costs_nothing(
    gate: Gate, inputs: dict[str, str], why: str
) -> None:
    """Without a schema there is nothing to judge, and an empty gate would be an open one."""
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(inputs)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert why in run.log


def test_a_gate_may_stand_in_a_file_that_the_pull_request_cannot_edit(gate: Gate) -> None:
    """The base branch's rules decide, whatever the pull request's head and the checkout hold."""
    gate.sim.github.add_file("b" * 40, "review.gate", f"# why\n\n{LOW}\n")
    gate.sim.github.add_file(HEAD, "review.gate", "output.risk != ''")
    (gate.workspace / "review.gate").write_text("output.risk != ''")
    gate.devin_does(working(), blocked(60, HIGH))
    run = gate.run(gate_file="review.gate")
    assert (run.outcome, results_of(run)) == ("gate_failed", [(False, '`output.risk` = `"high"`')])
    run = gate.run(gate_file="review.gate", files_from="workspace")
    assert run.outcome == "passed", "the team chose to trust the checkout"


def test_a_gate_file_of_a_merge_group_may_need_the_pull_request(gate: Gate) -> None:
    """What the queue's event does not say is read once the rules are known."""
    group = {"head_ref": QUEUE, "head_sha": "f" * 40, "base_ref": "refs/heads/main"}
    gate.on("merge_group", {"merge_group": group}, sha="f" * 40)
    gate.sim.github.add_file("b" * 40, "review.gate", "pull_request.author == 'octocat'")
    gate.devin_does(working(), blocked(60, GOOD))
    run = gate.run(gate_file="review.gate")
    assert (run.outcome, run.outputs["head_sha"]) == ("passed", "f" * 40)


def test_an_answer_that_passed_the_gate_can_be_stale(gate: Gate) -> None:
    """The rules were true of what was asked about, which the pull request has left."""
    gate.devin_does(working(), blocked(60, GOOD))

    def push() -> None:
        gate.sim.github.edit_pull(gate.number, head_sha="c" * 40)

    gate.clock.at(30, push)
    run = gate.run(gate=LOW)
    assert (run.exit_code, run.outcome) == (1, "stale")
    assert [passed for passed, _ in results_of(run)] == [True]


def test_other_rules_judge_the_same_answer(gate: Gate) -> None:
    """The rules are no part of the question, and Devin is not told them."""
    gate.devin_does(working(), blocked(60, HIGH))
    first = gate.run(gate=LOW)
    second = gate.run(gate='output.risk in ["low", "high"]')
    assert (first.outcome, second.outcome) == ("gate_failed", "passed")
    assert len(gate.sim.devin.sessions) == 1
    assert LOW not in gate.sim.devin.sessions[0].prompt


def test_a_team_may_allow_a_failed_gate(gate: Gate) -> None:
    """`allow_outcomes` makes the step green, and nothing says that it passed."""
    gate.devin_does(working(), blocked(60, HIGH))
    run = gate.run(gate=LOW, allow_outcomes="gate_failed")
    assert (run.exit_code, run.outputs["passed"]) == (0, "false")
    assert "Not passed" in show(run.comments[0]).text


HOSTILE = (
    "::error::x",
    "##[add-mask]low",
    "-->",
    "<img src=x>",
    "@org/team",
    "`",
    "\r\n::set-output name=passed::true",
    "\u202e",
    "</code></h3>",
    "<!-- devin-gate",
)


@pytest.mark.parametrize("evil", HOSTILE, ids=ascii)
def test_an_answer_cannot_write_through_its_rule(gate: Gate, evil: str) -> None:
    """What Devin wrote stands in details, reason and heading as inert as everywhere."""
    output = {"risk": evil, evil: 1, "l": [{"s": evil}]}
    gate.devin_does(working(), blocked(60, output))
    rules = (
        f'{LOW}\noutput.l.all(x, x.s == "")\noutput[output.risk + "?"]\noutput.risk.matches("(")'
    )
    run = gate.run(gate=rules, structured_output_schema=OPEN_SCHEMA)
    assert run.outcome == "gate_failed"
    for body in (run.summary, run.comments[0]):
        page = show(body)
        assert not {"img", "script"} & page.tags
        assert "@org" not in page.loose
        assert page.headings[0].startswith("❌")
    assert len(show(run.comments[0]).remarks) == 1


def test_a_rule_cannot_write_either(gate: Gate) -> None:
    """On `pull_request` the workflow's text is the pull request's own."""
    gate.devin_does(working(), blocked(60, GOOD))
    rule = "output.risk == '</code></h3><img src=x> @org/team ::error::x ##[add-mask]low `'"
    run = gate.run(gate=rule)
    page = show(run.comments[0])
    assert run.outcome == "gate_failed"
    assert "img" not in page.tags
    assert "@org" not in page.loose


def test_a_key_in_an_answer_is_not_shown_by_a_rule(gate: Gate) -> None:
    """Values are shown without known secrets, also where they are cut."""
    gate.devin_does(working(), blocked(60, {"risk": "x" * 90 + gate.sim.devin_key}))
    run = gate.run(gate=LOW, structured_output_schema=OPEN_SCHEMA)
    assert run.outcome == "gate_failed"
    assert "***" in results_of(run)[0][1]
