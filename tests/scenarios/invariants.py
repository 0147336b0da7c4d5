"""What must stay true in every scenario, whatever it is about. Checked after each, never by it.

The numbers are those of the project's list of faults and invariants. Each check raises an
`AssertionError` that shows what it found.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import quote

import yaml

from entrypoint.core.handover import State
from simulator import Exchange
from simulator.github_records import ACTIONS_LOGIN
from tests.runner_model import read_commands, read_masks, read_plain_lines
from tests.scenarios.page import show
from tests.scenarios.world import Gate, Run

_PASSING = ("passed", "completed")
_CLOCK_ERROR_S = 0.001
_TELLING_S = 10.0
_TELLING_WITH_FAULTS_S = 60.0
_GROUPS = ("The question", "Watching Devin", "Traceback")
_STATES = {*map(str, State)}
_MARKER = re.compile(r"<!-- devin-gate key=(\S+) run=(\d+) attempt=(\d+) -->")
_ACTION: Final = Path(__file__).parents[2] / "action.yml"
DECLARED_OUTPUTS: Final = frozenset(yaml.safe_load(_ACTION.read_text())["outputs"])


def check_all(gate: Gate) -> None:
    """Check everything that must be true of each run and of the world at the end."""
    for run in gate.runs:
        if not gate.may_fail_to_write:
            check_exit_code(run)
            check_rules(run)
            check_outputs(run)
            check_one_voice(gate, run)
        check_creates(gate, run)
        check_timing(run)
        check_secrets(gate, run)
        check_commands(run)
        assert "Traceback" not in run.log, run.log  # 9
        assert run.stderr == ""  # 7 and 9: no library writes past our log
    check_sessions(gate)
    check_comments(gate)
    check_terminations(gate)
    assert gate.sim.leftovers() == []  # 11


def check_exit_code(run: Run) -> None:
    """1: exit 0 for what passes by the table, or was allowed by name, and for nothing else."""
    allowed = re.split(r"[,\s]+", run.inputs.get("allow_outcomes", ""))
    is_green = run.outcome in _PASSING or run.outcome in {*allowed} - {"error", "cancelled"}
    expected = 0 if is_green else 2 if run.outcome == "error" else 1
    assert run.exit_code == expected, (run.exit_code, run.outcome, run.outputs)
    assert run.outputs["passed"] == str(run.outcome == "passed").lower()


def check_rules(run: Run) -> None:
    """1: a pass with a gate had rules, and every one of them was true."""
    passed = [result["passed"] for result in json.loads(run.outputs["gate_results"])]
    if run.outcome == "gate_failed":
        assert not all(passed), run.outputs
    elif run.outcome == "passed":
        has_gate = bool(run.inputs.get("gate") or run.inputs.get("gate_file"))
        assert all(one is True for one in passed), run.outputs
        assert bool(passed) is has_gate, run.outputs
    else:
        assert passed == [], run.outputs


def check_creates(gate: Gate, run: Run) -> None:
    """2: a run makes one session at most, however often it had to send the create."""
    made = [
        one
        for one in gate.sim.devin.sessions
        if run.began_s <= one.created_s < run.ended_s and "key of this question" in one.prompt
    ]
    assert len(made) <= 1 or not run.devin, made  # racing runs share their time and have no journal


def check_sessions(gate: Gate) -> None:
    """2: each question has one living session at most."""
    keys = Counter(
        tag
        for session in gate.sim.devin.sessions
        for tag in session.tags
        if session.is_living()
        and "devin-gate:ended" not in session.tags
        and re.fullmatch("devin-gate:[0-9a-f]{32}(-[0-9])?", tag)
    )
    assert all(count == 1 for count in keys.values()), keys


def check_terminations(gate: Gate) -> None:
    """3: only a session that was given up, and says so, is terminated, and only once."""
    ended = gate.sim.devin.terminations
    assert all("devin-gate:ended" in gate.sim.devin.session(one).tags for one in ended)
    answered = [
        seen.path for seen in gate.sim.devin.journal if seen.method == "DELETE" and not seen.fault
    ]
    assert len(answered) == len(set(answered)), answered  # one whose answer is lost is sent again


def check_comments(gate: Gate) -> None:
    """2: each gate has one comment at most on the pull request."""
    keys = Counter(
        match[1]
        for comment in gate.comments()
        if comment.login == ACTIONS_LOGIN and (match := _MARKER.match(comment.body))
    )
    assert all(count == 1 for count in keys.values()), keys


def check_timing(run: Run) -> None:
    """4: nobody asks Devin after the deadline, in a hurry, and the telling is short."""
    minutes = run.inputs.get("timeout_minutes", "60")
    deadline_s = run.began_s + 60 * int(minutes) if minutes.isdecimal() else run.began_s
    times = [seen.at_s for seen in run.devin]
    assert all(at_s <= deadline_s + _CLOCK_ERROR_S for at_s in times), (deadline_s, times)
    for one, other in _pairs_of_one_call(run.devin):
        assert other.at_s - one.at_s >= 1 - _CLOCK_ERROR_S, (one, other)
    is_troubled = any(seen.fault or (seen.status or 599) >= 400 for seen in run.github)
    if times:
        bound_s = _TELLING_WITH_FAULTS_S if is_troubled else _TELLING_S
        assert run.ended_s - times[-1] <= max(bound_s, _waited_s(run)), run.log


def check_secrets(gate: Gate, run: Run) -> None:
    """5: no secret in any sink, nor in a request to the other server."""
    secrets = _secrets(run)
    assert read_masks(run.log) >= secrets
    plain = "\n".join(line for line in run.log.split("\n") if not line.startswith("::add-mask::"))
    sinks = [plain, run.summary, json.dumps([*run.outputs.items(), *run.state.items()])]
    sinks += run.comments
    sinks += [file.read_text(errors="replace") for file in _workspace_files(gate)]
    for secret in secrets:
        for form in _forms(secret):
            for sink in sinks:
                assert form not in _squeezed(sink), sink
    _check_requests(run.github, run.environ["INPUT_DEVIN_API_KEY"])
    _check_requests(run.devin, run.environ["INPUT_GITHUB_TOKEN"])


def check_outputs(run: Run) -> None:
    """6: every declared output was written, and no other name; nothing for later steps' env."""
    assert set(run.outputs) == DECLARED_OUTPUTS
    assert set(run.state) <= _STATES
    for variable in ("GITHUB_ENV", "GITHUB_PATH"):
        assert Path(run.environ[variable]).read_bytes() == b""


def check_commands(run: Run) -> None:
    """7: the runner's parser finds no command in the log that is not ours."""
    depth = 0
    for command in read_commands(run.log):
        match command.name:
            case "add-mask":
                assert command.data in run.environ.values(), command
            case "group":
                assert command.data in _GROUPS, command
                depth += 1
            case "endgroup":
                depth -= 1
            case "error" | "warning" | "notice":
                assert set(command.properties) == {"title"}, command
                assert command.properties["title"].startswith("Devin Gate"), command
                assert len(command.data) <= 4096, command
            case _:
                raise AssertionError(command)
        assert depth in (0, 1), run.log
    assert depth == 0, run.log


def check_one_voice(gate: Gate, run: Run) -> None:
    """8: exit code, outputs, summary, comment and the log's last line say the same."""
    summary = show(run.summary)
    reason = " ".join(run.outputs["reason"].replace("`", "").split())
    assert reason[:200] in summary.text, (reason, summary.text)
    assert not summary.headings[0].startswith("⏳"), summary.headings
    last = read_plain_lines(run.log.rstrip("\n"))[-1]
    assert last.startswith(f"Devin Gate: {run.outcome}. "), last
    if any(seen.fault or (seen.status or 599) >= 400 for seen in run.github):
        return  # then the comment may be what GitHub left of it; the scenario says what
    for body in _comments_of(gate, run):
        assert show(body).headings[0] == summary.headings[0], body


def _comments_of(gate: Gate, run: Run) -> Iterator[str]:
    """Yield the comments that bear this run's number and attempt."""
    written = (run.environ["GITHUB_RUN_ID"], run.environ["GITHUB_RUN_ATTEMPT"])
    for body in run.comments:
        match = _MARKER.match(body)
        if match and (match[2], match[3]) == written and run is gate.runs[-1]:
            yield body


def _pairs_of_one_call(exchanges: tuple[Exchange, ...]) -> Iterator[tuple[Exchange, Exchange]]:
    for one, other in pairwise(exchanges):
        if _call(one) == _call(other):
            yield one, other


def _waited_s(run: Run) -> float:
    """Return how long a server asked us to wait before it ended, where it did."""
    wished = [float(found) for found in re.findall(r"Trying again in (\d+) s", run.log)]
    return sum(wished[-1:])


def _workspace_files(gate: Gate) -> list[Path]:
    return [path for path in gate.workspace.rglob("*") if path.is_file()]


def _forms(secret: str) -> set[str]:
    encoded = base64.b64encode(secret.encode()).decode()
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], encoded.rstrip("=")}


def _squeezed(text: str) -> str:
    """Return the text as somebody reads it who joins the lines."""
    return "".join(html.unescape(text).replace("\\n", "").split())


def _secrets(run: Run) -> set[str]:
    names = ("INPUT_DEVIN_API_KEY", "INPUT_GITHUB_TOKEN")
    return {run.environ[name] for name in names if len(run.environ[name]) >= 8}


def _check_requests(exchanges: tuple[Exchange, ...], secret: str) -> None:
    for seen in exchanges if secret else ():
        assert secret.encode() not in seen.body, seen
        assert secret not in json.dumps([dict(seen.headers), seen.path, dict(seen.query)]), seen


def _call(seen: Exchange) -> tuple[object, ...]:
    """Return what makes two requests the same call."""
    return seen.method, seen.path, seen.query, seen.body
