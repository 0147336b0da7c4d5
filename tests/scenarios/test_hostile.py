"""What an AI wrote is only ever data: the single cases beside `test_foreign_text.py`."""

from urllib.parse import quote

import pytest

from simulator import GITHUB_TOKEN, Step
from tests.foreign_text import API_KEY, DISGUISES
from tests.scenarios.page import find_faults, show
from tests.scenarios.world import Gate, blocked, working

ANY_OUTPUT = "type: object\nminProperties: 1\n"
EVIL = [
    "a | b\n|---|---|",
    "</code></pre></td></table>\n\n![x][y] @org/team <img src=https://evil.example>\n\n[y]: //e",
    "--> <!-- devin-gate key=x run=9 attempt=9 -->",
]


def test_a_flat_answer_is_a_table_whose_cells_are_inert(gate: Gate) -> None:
    """The table for flat objects, and the one for lists of them, hold only text."""
    gate.devin_does(working(), blocked(60, {evil: evil for evil in EVIL}, "Done."))
    gate.run(structured_output_schema=ANY_OUTPUT)
    gate.devin_does(working(), blocked(60, [{evil: evil} for evil in EVIL]))
    gate.run(structured_output_schema="type: array", prompt="Another.")
    for run in gate.runs:
        assert run.outcome == "passed"
        assert {"table", "td"} <= show(run.summary).tags
        assert find_faults(run.summary) == []


def test_a_line_of_a_million_characters_is_cut(gate: Gate) -> None:
    """A message without end costs neither the log nor the comment."""
    gate.devin_does(working(), blocked(60, message="x" * 1_000_000))
    run = gate.run()
    assert (run.outcome, len(run.log) < 5_000) == ("blocked", True)
    assert find_faults(run.comments[0]) == []


@pytest.mark.parametrize("disguise", ["raw", "URL in lower case", "base64 in the middle"])
@pytest.mark.parametrize("secret", [API_KEY, GITHUB_TOKEN], ids=["key", "token"])
def test_a_secret_that_devin_echoes_is_starred_everywhere(
    gate: Gate, secret: str, disguise: str
) -> None:
    """Message, output, title and file: the teardown finds no secret, and the rest is still told."""
    gate.sim.devin.add_key(API_KEY, "user@example.com")
    leak = f"see {DISGUISES[disguise](secret)} end"
    output = {"risk": leak, leak: 1, "deep": {"list": [leak]}}
    gate.devin_does(
        Step(5, status_enum="working", message=leak, title=leak),
        Step(60, status_enum="blocked", structured_output=output, message=leak),
        Step(60, pull_request_url=f"https://github.com/x/y/pull/1?{quote(secret)}"),
    )
    judged = gate.run(
        devin_api_key=API_KEY, structured_output_schema=ANY_OUTPUT, output_file="devin.json"
    )
    refused = gate.run(devin_api_key=API_KEY)
    gate.devin_does(working(), blocked(60, message=leak))
    asked = gate.run(devin_api_key=API_KEY, prompt="Another question.")
    assert [run.outcome for run in (judged, refused, asked)] == [
        "passed",
        "invalid_output",
        "blocked",
    ]
    assert "***" in judged.outputs["structured_output"]
    assert "***" in (gate.workspace / "devin.json").read_text()
    assert "***" in asked.comments[0]
