"""What must never be: green without the answer that was asked for, or a part of a key in a sink."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator import Step
from tests.scenarios.world import DEVIN_PR, Gate, Run, blocked, working

D2020 = "https://json-schema.org/draft/2020-12/schema"
D4 = "http://json-schema.org/draft-04/schema#"
RISK = {"type": "object", "required": ["risk"]}
HIGH = {"risk": "high"}
TRIGGERING = DEVIN_PR.replace("/13", "/12")
PLACE = TRIGGERING.partition("github.com/")[2]
LETTERS = "QwErTyUiOpAsDfGhJkLzXcVbNm0123456789" * 2
KEY = f"apk_user_{LETTERS}"
UNUSED = 256 * 1024
"""Bytes of blank lines before the first output: no other file of the process grows so long."""


@pytest.mark.parametrize(
    ("schema", "output"),
    [
        pytest.param(RISK | {"properties": {"risk": {"$schema": D4, "const": "low"}}}, HIGH, id="another draft below"),
        pytest.param({"$schema": D2020, **RISK, "dependencies": {"risk": ["why"]}}, HIGH, id="a keyword of another draft"),
        pytest.param({"$schema": D2020, **RISK, "properties": {"risk": {"$recursiveRef": "#/$defs/x"}}, "$defs": {"x": {"const": "low"}}}, HIGH, id="a reference of another draft"),
        pytest.param(RISK | {"then": {"required": ["why"]}}, HIGH, id="then without if"),
        pytest.param(RISK | {"dependencies": {"a": ["b"], "risk": {"requried": ["why"]}}}, HIGH, id="a typo in a dependency"),
        pytest.param({"type": ["object"], "properties": {"risk": {"enum": ["low"]}}}, {}, id="nothing required"),
        pytest.param({"type": "object", "allOf": [True]}, {}, id="all of nothing"),
        pytest.param({"required": ["risk"], "properties": {"risk": {"enum": ["low"]}}}, json.dumps(HIGH), id="an object as a text"),
        pytest.param(RISK | {"properties": {"risk": {"pattern": "a{99999999999999999999}"}}}, HIGH, id="a pattern that crashes"),
        pytest.param(RISK | {"minProperties": 1, "properties": {"risk": {"$ref": "#/minProperties/x"}}}, HIGH, id="a reference that crashes"),
        pytest.param({"$schema": D4, **RISK, "patternProperties": {"(": {}}}, HIGH, id="a broken pattern"),
    ],
)  # fmt: skip
def test_a_schema_with_a_hole_costs_nothing_and_is_red(
    gate: Gate, schema: object, output: object
) -> None:
    """What would let a wrong answer pass, or crash on it, is an input problem; none is asked."""
    gate.devin_does(working(), blocked(60, output))
    run = gate.run(structured_output_schema=json.dumps(schema))
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert "structured_output_schema" in run.outputs["reason"] + run.summary


@pytest.mark.parametrize(
    ("keyword", "value"),
    [({"multipleOf": 0.5}, 10**400), ({"format": "regex"}, "a{99999999999999999999}")],
    ids=["a number of 400 digits", "a huge repetition"],
)
def test_an_answer_that_the_validator_cannot_bear_is_invalid(
    gate: Gate, keyword: dict[str, object], value: object
) -> None:
    """An answer that cannot be checked is red in words."""
    gate.devin_does(working(), blocked(60, {"risk": value}))
    run = gate.run(structured_output_schema=json.dumps(RISK | {"properties": {"risk": keyword}}))
    assert (run.exit_code, run.outcome) == (1, "invalid_output")


@pytest.mark.parametrize(
    "url",
    [
        TRIGGERING,
        f"{TRIGGERING}/",
        f"{TRIGGERING}/files",
        f"{TRIGGERING}/commits",
        f"{TRIGGERING}?x#y",
        f"{TRIGGERING}#issuecomment-1",
        TRIGGERING.upper().replace("HTTPS", "https").replace("PULL", "pull"),
        f"http://github.com/{PLACE}",
        f"https://www.github.com/{PLACE}",
        f"https://github.com//{PLACE}",
        f"https://api.github.com/repos/{PLACE.replace('pull', 'pulls')}",
        f"https://ghe.example.com/api/v3/repos/{PLACE.replace('pull', 'pulls')}",
    ],
)
def test_the_triggering_pull_request_is_no_work_of_devins(gate: Gate, url: str) -> None:
    """However its address is spelled, the pull request that Devin was shown completes nothing."""
    gate.devin_does(working(), Step(60, pull_request_url=url), blocked(60))
    run = gate.run(structured_output_schema="")
    assert (run.exit_code, run.outcome) == (1, "blocked")
    assert "opened by Devin" not in run.summary


def test_another_pull_request_completes(gate: Gate) -> None:
    """The opposite case: what Devin opened itself is work that it did."""
    gate.devin_does(working(), Step(60, pull_request_url=DEVIN_PR), blocked(60))
    assert gate.run(structured_output_schema="").outcome == "completed"


@pytest.mark.parametrize("name", ["INPUT_allow_outcomes", "INPUT_Allow_Outcomes", "INPUT_tags"])
def test_a_variable_that_the_runner_did_not_write_is_no_input(gate: Gate, name: str) -> None:
    """A job's `env:` in another letter case cannot say what may be green."""
    gate.devin_does(working(), blocked(60))
    gate.environ[name] = "blocked"
    run = gate.run(allow_outcomes="")
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert name.removeprefix("INPUT_") in run.log


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STATE"])
def test_a_disk_that_fills_up_leaves_no_pass(gate: Gate, variable: str) -> None:
    """At whatever byte the file's writes begin to fail: red never says `passed`."""
    gate.devin_does(working(), blocked(60, {"risk": "low"}))
    gate.may_fail_to_write = True
    room, last_code = 0, 2
    while last_code:
        room += 50  # less than one value takes
        path = gate.folder / f"{variable}-{room}"
        path.write_text("\n" * UNUSED)
        gate.environ[variable] = str(path)
        with _disk_of(UNUSED + room):
            run = gate.run(comment="off")
        last_code = run.exit_code
        output = Path(run.environ["GITHUB_OUTPUT"]).read_text()
        said = _whole_values(output) & {"passed=true", "outcome=passed", "conclusion=success"}
        assert (last_code, len(said)) in [(0, 3), (2, 0)], (room, said)
    assert room > 200


@pytest.mark.only_on(
    "v1", reason="inputs are read before the version matters; the key is one of v1"
)
@pytest.mark.parametrize(
    "inputs",
    [
        {"structured_output_schema": json.dumps(RISK | {KEY: 1})},
        {"structured_output_schema": json.dumps(RISK | {"x" * 50 + KEY: 1})},
        {"structured_output_schema": json.dumps(RISK | {"$schema": f"https://x/{'a' * 80}{KEY}"})},
        {"structured_output_schema": json.dumps(RISK | {"format": "a" * 90 + KEY})},
        {"structured_output_schema": json.dumps(RISK | {"$ref": "#/" + "a" * 90 + KEY})},
        {"structured_output_schema": json.dumps(RISK | {"pattern": "(" + "a" * 90 + KEY})},
        {"structured_output_schema": json.dumps({"type": "x" * 80 + KEY})},
        {"structured_output_schema": "a: [\n" + KEY},
        {"structured_output_schema": f"{KEY}: 1\n{KEY}: 2\n"},
        {"allow_outcomes": "q" * 25 + KEY},
        {"allow_outcomes": KEY},
        {"timeout_minutes": KEY},
        {"comment_key": "x" * 50 + KEY},
        {"pull_request_number": KEY},
        {"devin_api_url": f"ftp://{'x' * 90}{KEY}"},
        {"tags": f"devin-gate:{'x' * 50}{KEY}"},
        {"prompt_file": "x" * 90 + KEY, "prompt": ""},
    ],
    ids=lambda inputs: "-".join(f"{name}={value}"[:50] for name, value in inputs.items()),
)
def test_a_key_in_an_input_is_not_shown_in_part(gate: Gate, inputs: dict[str, str]) -> None:
    """A problem quotes what came, cut after the key was taken out, never through it."""
    run = gate.run(inputs, devin_api_key=KEY)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert parts_of_the_key(run) == set()


@pytest.mark.only_on(
    "v1", reason="inputs are read before the version matters; the key is one of v1"
)
def test_a_key_in_the_name_of_a_variable_is_not_shown_in_part(gate: Gate) -> None:
    """The name of an input that does not exist is cut after the key was taken out."""
    gate.environ[f"INPUT_{'x' * 30}{KEY}"] = "1"
    run = gate.run(devin_api_key=KEY)
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert parts_of_the_key(run) == set()


@pytest.mark.only_on(
    "v1", reason="inputs are read before the version matters; the key is one of v1"
)
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(RISK | {KEY: 1}),
        json.dumps(RISK | {"x" * 30 + KEY: 1}),
        json.dumps(RISK | {"$schema": f"https://x/{'a' * 80}{KEY}"}),
        json.dumps(RISK | {"$ref": "#/" + "a" * 90 + KEY}),
        f"{KEY}: 1\n{KEY}: 2\n",
    ],
    ids=["keyword", "long keyword", "draft", "reference", "twice"],
)
def test_a_key_in_a_schema_file_is_not_shown_in_part(gate: Gate, text: str) -> None:
    """What the checkout holds is quoted by the same rule."""
    (gate.workspace / "schema.json").write_text(text)
    inputs = {"structured_output_schema": "", "structured_output_schema_file": "schema.json"}
    inputs["files_from"] = "workspace"
    run = gate.run(inputs, devin_api_key=KEY)
    (gate.workspace / "schema.json").unlink()  # the one place that may hold the key
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert parts_of_the_key(run) == set()


@pytest.mark.parametrize(
    "inputs",
    [
        {"devin_api_key": "apk_user_\udcff\udcfeabc"},
        {"devin_api_key": "apk_user_é" * 3},
        {"github_token": "ghs_\udcff\udcfeabcdefg"},
    ],
    ids=ascii,
)
def test_a_key_that_no_header_can_hold_is_an_input_problem(
    gate: Gate, inputs: dict[str, str]
) -> None:
    """Bytes that are no text are said to be that, before anything is sent."""
    run = gate.run(inputs)
    gate.runs.clear()  # the invariants look for the key as text, and this one is none
    assert (run.exit_code, run.outcome, run.devin) == (2, "error", ())
    assert next(iter(inputs)) in run.summary
    assert "Traceback" not in run.log + run.stderr


def test_odd_bytes_among_the_runners_own_secrets_are_no_bug(gate: Gate) -> None:
    """What is only hidden, never sent, may hold any bytes."""
    gate.devin_does(working(), blocked(60, {"risk": "low"}))
    gate.environ["ACTIONS_RUNTIME_TOKEN"] = "\udcff" * 10
    run = gate.run(prompt="Hi \udcff there")
    gate.runs.clear()  # as above
    assert "Traceback" not in run.log + run.stderr
    assert run.outcome in ("passed", "error")


def parts_of_the_key(run: Run) -> set[str]:
    """Return every eight letters of the key that stand in a sink."""
    masked = (line for line in run.log.splitlines() if not line.startswith("::add-mask::"))
    values = [*run.outputs.values(), *run.state.values()]
    told = "\n".join([*masked, run.summary, *values, *run.comments])
    return {part for n in range(len(LETTERS) - 7) if (part := LETTERS[n : n + 8]) in told}


@contextmanager
def _disk_of(max_bytes: int) -> Iterator[None]:
    """Let no file grow longer: a write beyond fails, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _whole_values(text: str) -> set[str]:
    """Return what the runner has taken when it comes to a value that was cut off."""
    found = re.findall(r"^(\w+)<<(ghadelimiter_\w+)\n(.*?)\n\2$", text, re.DOTALL | re.MULTILINE)
    return {f"{name}={value}" for name, _, value in found}
