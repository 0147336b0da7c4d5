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
from entrypoint.core.report import ICONS
from simulator import Exchange
from simulator.github_records import ACTIONS_LOGIN
from tests.runner_model import obey, read_commands, read_masks, read_plain_lines, read_summary
from tests.scenarios.page import find_faults, show
from tests.scenarios.world import Gate, Run

_PASSING = ("passed", "completed", "skipped", "started")
_CLOCK_ERROR_S = 0.001
_TELLING_S = 10.0
_TELLING_WITH_FAULTS_S = 60.0
_REQUEST_S = 30.0
"""What the last request may have taken before the telling began."""
_HEADLINES = {words for _, words in ICONS.values()}
_GROUPS = ("The question", "Watching Devin", "The gate's rules", "Traceback")
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
        check_calls(gate, run)
        check_telling(gate, run)
        check_masks(run)
        check_secrets(gate, run)
        check_commands(run)
        assert "Traceback" not in run.log, run.log  # 9
        assert run.stderr == ""  # 7 and 9: no library writes past our log
    check_sessions(gate)
    check_repairs(gate)
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
    elif run.outcome in ("passed", "stale"):
        has_gate = bool(run.inputs.get("gate") or run.inputs.get("gate_file"))
        assert all(one is True for one in passed), run.outputs
        assert bool(passed) is has_gate or run.outcome == "stale", run.outputs
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


def check_repairs(gate: Gate) -> None:
    """2: a session gets no more repair messages than the team allows, over all runs."""
    most = max((int(run.inputs.get("repair_attempts") or 1) for run in gate.runs), default=0)
    for session in gate.sim.devin.sessions:
        messages = [text for _, text in session.delivered if text.startswith("Devin Gate, repair ")]
        assert len(messages) <= most, messages


def check_terminations(gate: Gate) -> None:
    """3: only a session that was given up, and says so, is terminated, and only once."""
    ended = gate.sim.devin.terminations
    assert all("devin-gate:ended" in gate.sim.devin.session(one).tags for one in ended)
    answered = [
        seen.path for seen in gate.sim.devin.journal if seen.method == "DELETE" and not seen.fault
    ]
    # One whose answer is lost is sent again.
    assert len(answered) - len(set(answered)) <= gate.may_end_twice, answered


def check_comments(gate: Gate) -> None:
    """2: each gate has one comment at most on the pull request, with nothing live on it."""
    keys = Counter(
        match[1]
        for comment in gate.comments()
        if comment.login == ACTIONS_LOGIN and (match := _MARKER.match(comment.body))
    )
    assert all(count == 1 for count in keys.values()), keys
    ours = [c.body for c in gate.comments() if c.login == ACTIONS_LOGIN and _MARKER.match(c.body)]
    for body in (*ours, *(run.summary for run in gate.runs)):
        assert find_faults(body) == [], body


def check_calls(gate: Gate, run: Run) -> None:
    """4: nobody asks Devin after the deadline, or in a hurry."""
    minutes = run.inputs.get("timeout_minutes", "60")
    deadline_s = run.began_s + 60 * int(minutes) if minutes.isdecimal() else run.began_s
    # With v3 the messages are part of the look, whose first half may have taken long.
    looked = [seen for seen in run.devin if seen.operation != "messages"]
    times = sorted([seen.at_s for seen in looked] + _attempts_s(gate, run, "devin"))
    assert all(at_s <= deadline_s + _CLOCK_ERROR_S for at_s in times), (deadline_s, times)
    for one, other in _pairs_of_one_call(run.devin):
        assert other.at_s - one.at_s >= 1 - _CLOCK_ERROR_S, (one, other)


def check_telling(gate: Gate, run: Run) -> None:
    """4: after the last word with Devin the telling is short."""
    times = sorted([seen.at_s for seen in run.devin] + _attempts_s(gate, run, "devin"))
    if times:
        bound_s = _TELLING_WITH_FAULTS_S if _is_github_troubled(gate, run) else _TELLING_S
        stalled_s = _REQUEST_S if run.devin and run.devin[-1].fault == "Stall" else 0.0
        told_s = run.ended_s - times[-1] - stalled_s
        assert told_s <= max(bound_s, _waited_s(run)), run.log


def check_masks(run: Run) -> None:
    """5: the runner hides the secrets, whatever others print later."""
    # Cancelled before it read its inputs a run has nothing to hide: it says nothing of them.
    is_mute = run.outcome == "cancelled" and "pull_request" not in run.state
    assert is_mute or read_masks(run.log) >= _secrets(run)


def check_secrets(gate: Gate, run: Run) -> None:
    """5: no secret in any sink, nor in a request to the other server."""
    secrets = _secrets(run)
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
    """7: the runner's parser finds no command in the log that is not ours, and drops no output."""
    done = obey(run.log, run.stderr)
    assert not done.is_failed
    assert [name for name, value in run.outputs.items() if done.masks.drops(value)] == []
    assert read_summary(run.summary.encode(), done.masks) == run.summary.rstrip("\n")
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
                title = command.properties["title"]
                assert title.startswith("Devin Gate") or title in _HEADLINES, command
                assert len(command.data) <= 4096, command
            case _:
                raise AssertionError(command)
        assert depth in (0, 1), run.log
    assert depth == 0, run.log


def check_one_voice(gate: Gate, run: Run) -> None:
    """8: exit code, outputs, summary, comment and the log's last line say the same."""
    summary = show(run.summary)
    for said in _why(run):
        shown = " ".join(said.replace("`", "").split())
        assert shown[:200] in summary.text, (said, summary.text)
    assert not summary.headings[0].startswith("⏳"), summary.headings
    last = last_line(run)
    assert last.startswith(f"Devin Gate: {run.outcome}. "), last
    if _is_github_troubled(gate, run):
        return  # then the comment may be what GitHub left of it; the scenario says what
    for body in _comments_of(gate, run):
        assert show(body).headings[0] == summary.headings[0], body


def _why(run: Run) -> list[str]:
    """Return what the summary must say: the reason, or each part of it where there is a list."""
    match run.outcome:
        case "gate_failed":
            return [one["detail"] for one in json.loads(run.outputs["gate_results"])]
        case "invalid_output":
            return [one["message"] for one in json.loads(run.outputs["validation_errors"])]
        case "error" if found := re.match(r"`[^`]+`(?=: got )", run.outputs["reason"]):
            return [found[0]]  # one input is wrong, and is listed with more than the reason says
        case _:
            return [run.outputs["reason"]]


def last_line(run: Run) -> str:
    """Return the last line that a reader sees; an annotation is one too."""
    lines = run.log.rstrip("\n").split("\n")
    (command,) = (*read_commands(lines[-1]), None)[:1]
    return command.data if command else read_plain_lines(run.log.rstrip("\n"))[-1]


def _comments_of(gate: Gate, run: Run) -> Iterator[str]:
    """Yield the comments of this run's gate that bear its number and attempt."""
    own = (run.environ["GITHUB_RUN_ID"], run.environ["GITHUB_RUN_ATTEMPT"])
    written = (run.outputs["comment_key"], *own)
    for body in run.comments:
        match = _MARKER.match(body)
        if match and match.groups() == written and run is gate.runs[-1]:
            yield body


def _is_github_troubled(gate: Gate, run: Run) -> bool:
    """Tell whether GitHub refused or spoiled an answer, or was not reached."""
    unreached = len(_attempts_s(gate, run, "github")) > len(run.github)
    return unreached or any(seen.fault or (seen.status or 599) >= 400 for seen in run.github)


def _attempts_s(gate: Gate, run: Run, service: str) -> list[float]:
    return [at_s for at_s in gate.attempts_s[service] if run.began_s <= at_s <= run.ended_s]


def _pairs_of_one_call(exchanges: tuple[Exchange, ...]) -> Iterator[tuple[Exchange, Exchange]]:
    for one, other in pairwise(exchanges):
        if _call(one) == _call(other):
            yield one, other


def _waited_s(run: Run) -> float:
    """Return how long a server at most asked us to wait, where it did."""
    wished = [float(found) for found in re.findall(r"Trying again in (\d+) s", run.log)]
    return max(wished, default=0.0)


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
