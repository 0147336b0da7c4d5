"""`check` tells what a run would: the same outcome, exit code, words and values."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from entrypoint.adapters.files import read_named_file
from entrypoint.adapters.runner import Runner
from entrypoint.adapters.sandbox import ForkedSandbox
from entrypoint.adapters.time_limit import AlarmLimit
from entrypoint.check import check
from tests.runner_model import read_commands
from tests.scenarios.invariants import last_line
from tests.scenarios.world import Gate, finished, working

SCHEMA = """
type: object
required: [risk, findings]
additionalProperties: false
properties:
  risk: {enum: [low, medium, high]}
  note: {type: string}
  findings:
    type: array
    items: {type: object, required: [severity], properties: {severity: {type: string}}}
"""
RULES = """
# What may merge by itself
output.risk == "low"
output.findings.all(f, f.severity == "minor")
!pull_request.draft && pull_request.base_ref == "main"
"""
FACTS = "pull_request: {draft: false, base_ref: main}"
Told = tuple[int, str]
Check = Callable[..., Told]


@pytest.fixture(name="run_check")
def _run_check(tmp_path: Path) -> Check:
    """Give a call of `check` with these texts as files, which tells exit code and log."""

    def call(*, limit_s: float = 5.0, **texts: str) -> Told:
        arguments = ["check"]
        for option, text in texts.items():
            path = tmp_path / option
            path.write_text(text)
            arguments += [f"--{option}", str(path)]
        out = io.StringIO()
        limit, sandbox = AlarmLimit(limit_s), ForkedSandbox(limit_s)
        code = check(arguments, Runner({}, out), read_named_file, limit, sandbox)
        assert "Traceback" not in out.getvalue()
        assert list(read_commands(out.getvalue())) == []
        return code, out.getvalue()

    return call


@pytest.mark.parametrize(
    "output",
    [
        {"risk": "low", "findings": []},
        {"risk": "low", "findings": [{"severity": "minor"}, {"severity": "major"}]},
        {"risk": "high", "findings": []},
        {"structured_output": {"risk": "low", "findings": []}},
        {"risk": "unclear", "findings": [{"severity": 3}, {}], "more": True},
        {"risk": "low\0", "findings": []},
        {"risk": "low", "findings": [], "note": "::error::x\n##[error]y\x1b[31m"},
        "low",
        [],
        None,
    ],
    ids=lambda output: json.dumps(output)[:40],
)
def test_a_check_tells_what_a_run_would(gate: Gate, run_check: Check, output: object) -> None:
    """Outcome, exit code and reason are the run's, and so is every line about a rule."""
    gate.devin_does(working(), finished(60, output))
    run = gate.run(structured_output_schema=SCHEMA, gate=RULES, repair_attempts="0")
    code, log = run_check(schema=SCHEMA, gate=RULES, output=json.dumps(output), facts=FACTS)
    assert code == run.exit_code
    assert last_line(run).startswith(log.splitlines()[-1])
    assert log.splitlines()[-1].startswith(f"Devin Gate: {run.outcome}. ")
    rules = [line for line in run.log.splitlines() if line[0] in "✅❌"]
    assert [line for line in rules if line not in log] == []
    for violation in json.loads(run.outputs["validation_errors"]):
        assert f"❌ `{violation['path']}` {violation['message']}" in log.splitlines()


@pytest.mark.parametrize(
    ("name", "texts", "inputs"),
    [
        ("a schema with a typo", {"schema": '{"type": "object", "requried": ["risk"]}'}, {}),
        ("a schema that lets {} through", {"schema": "type: object"}, {}),
        ("a rule with a typo", {"gate": "outpt.risk == 'low'"}, {}),
        ("a rule about what nobody asks for", {"gate": "output.rsk == 'low'"}, {}),
        ("a gate without a rule", {"gate": "# nothing"}, {}),
    ],
)
def test_what_a_run_refuses_a_check_refuses(
    gate: Gate, run_check: Check, name: str, texts: dict[str, str], inputs: dict[str, str]
) -> None:
    """With the same reason, exit code 2, and nothing judged."""
    del name
    given = {"schema": SCHEMA, "gate": "output.risk == 'low'", **texts}
    inputs = {"structured_output_schema": given["schema"], "gate": given["gate"]}
    run = gate.run(inputs)
    code, log = run_check(**given, output="{}")
    assert (code, run.exit_code, run.devin) == (2, 2, ())
    option = "--gate" if "gate" in texts else "--schema"
    (line,) = [line for line in log.splitlines() if line.startswith(option)]
    assert line[-2:] != "?."
    reason = line.partition("`: ")[2].removesuffix(".")
    assert reason in run.outputs["reason"]


def test_without_an_output_schema_and_rules_are_checked_alone(run_check: Check) -> None:
    """Exit 0 says that they can be used, in words that nobody takes for a pass."""
    code, log = run_check(schema=SCHEMA, gate=RULES)
    assert code == 0
    assert "can be used. Nothing was judged" in log
    assert "`pull_request.draft`, `pull_request.base_ref`" in log
    assert "passed" not in log
    assert run_check(schema=SCHEMA)[0] == 0


def test_every_file_that_is_wrong_is_told_at_once(run_check: Check) -> None:
    """Nobody has to come back four times."""
    code, log = run_check(schema="{", gate="x", output="y", facts="z: 1")
    assert code == 2
    options = [line.split()[0] for line in log.splitlines() if line.startswith("--")]
    assert options == ["--schema", "--gate", "--output", "--facts"]
    assert log.splitlines()[-1] == "Devin Gate: error. 4 of the files cannot be used."


def test_a_fact_that_is_missing_is_an_error_and_no_verdict(run_check: Check) -> None:
    """What a rule would have said is not guessed."""
    output = json.dumps({"risk": "low", "findings": []})
    code, log = run_check(schema=SCHEMA, gate=RULES, output=output)
    assert code == 2
    assert "`pull_request.draft`, `pull_request.base_ref`" in log.splitlines()[-1]
    assert log.splitlines()[-1].startswith("Devin Gate: error. ")


@pytest.mark.real_time  # the limit ends what a pattern computes, in real seconds
def test_a_pattern_that_takes_years_is_ended(run_check: Check) -> None:
    """As in a run: no valid output, and the command comes to its end."""
    schema = '{"type":"object","required":["x"],"properties":{"x":{"pattern":"^(a+)+$"}}}'
    output = json.dumps({"x": "a" * 40 + "!"})
    code, log = run_check(schema=schema, output=output, limit_s=0.2)
    assert code == 1
    assert log.splitlines()[-1].startswith("Devin Gate: invalid_output. ")
