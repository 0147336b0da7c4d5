"""Reading the session while the API misbehaves: patient within bounds, and never green by guess."""

import pytest

from simulator import Answer, CutBody, CutChunked, Fault, Raw, Redirect, Reset
from tests.scenarios.page import show
from tests.scenarios.world import DETAILS, GOOD, Gate, blocked, working

OTHER = {
    "session_id": "devin-" + "0" * 32,
    "status": "finished",
    "status_enum": "finished",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "structured_output": GOOD,
    "messages": [],
}


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer to every question."""
    gate.devin_does(working(), blocked(300, GOOD))


@pytest.mark.parametrize("status", [404, 403])
def test_a_fresh_session_may_be_invisible_for_a_minute(gate: Gate, status: int) -> None:
    """403 and 404 on a session that this run made are looked at again."""
    gate.sim.devin.inject("GET", DETAILS, Answer(status, {"detail": "Session not found"}), times=5)
    assert gate.run().outcome == "passed"


@pytest.mark.parametrize("status", [404, 403])
def test_a_session_that_stays_invisible_is_an_error(gate: Gate, status: int) -> None:
    """After the minute a 404 or 403 is what it says."""
    lost = Answer(status, {"detail": "Session not found"})
    gate.sim.devin.inject("GET", DETAILS, lost, times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (2, "error")
    assert 60 <= run.duration_s <= 120
    assert run.outputs["session_id"] == gate.sim.devin.sessions[0].session_id


@pytest.mark.parametrize("skip", [0, 16])
@pytest.mark.parametrize(
    "fault",
    [
        *(Answer(status, {"detail": "no"}) for status in (408, 409, 425, 429, 500, 502, 503, 504)),
        Answer(520, "<h1>Unknown</h1>"),
        Answer(200, "<html>portal</html>"),
        Answer(200, b"\xff\xfe"),
        Answer(200, b"null"),
        Answer(200, []),
        Answer(200, {}),
        Answer(200, b'{"status": "x", "status": "y"}'),
        Answer(200, b"[" * 100_000),
        Answer(204),
        Reset(),
        CutBody(30),
        CutChunked(30),
        Raw(b"\r\n\r\n"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_failed_look_is_repeated(gate: Gate, fault: Fault, skip: int) -> None:
    """First or last look: three failures in a row do not change the verdict."""
    gate.sim.devin.inject("GET", DETAILS, fault, times=3, skip=skip)
    run = gate.run()
    assert (run.exit_code, run.outcome, run.output) == (0, "passed", GOOD)


@pytest.mark.parametrize("fault", [Answer(501), Answer(401), Redirect("http://127.0.0.1:9/x")])
def test_a_refused_look_is_an_error(gate: Gate, fault: Fault) -> None:
    """What cannot pass is not repeated: 401, 501, a redirect."""
    gate.sim.devin.inject("GET", DETAILS, fault, skip=2)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (2, "error")
    assert show(run.comments[0]).headings[0].startswith("⚠️")


def test_another_sessions_answer_is_not_ours(gate: Gate) -> None:
    """An answer about another session is never judged, however good it is."""
    gate.sim.devin.inject("GET", DETAILS, Answer(200, OTHER), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (2, "error")
    assert run.outputs["structured_output"] == ""


def test_fifteen_minutes_without_an_answer_are_an_error(gate: Gate) -> None:
    """An API that stays down ends the run, with the session's address in the comment."""
    gate.sim.devin.inject("GET", DETAILS, Answer(502, "<h1>Bad</h1>"), skip=3, times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (2, "error")
    assert 900 <= run.duration_s <= 960
    assert gate.sim.devin.sessions[0].url in show(run.comments[0]).links


def test_an_api_that_comes_back_in_time_is_no_error(gate: Gate) -> None:
    """Ten minutes of 502 are waited for."""
    gate.sim.devin.inject("GET", DETAILS, Answer(502, "<h1>Bad</h1>"), times=25)
    run = gate.run()
    assert run.outcome == "passed"
    assert run.duration_s > 300


def test_at_the_deadline_the_last_usable_look_decides(gate: Gate) -> None:
    """Down at the deadline after having seen Devin work: `timed_out`, since it was not ended."""
    gate.sim.devin.inject("GET", DETAILS, Answer(502), skip=3, times=None)
    assert gate.run(timeout_minutes="5").outcome == "timed_out"


def test_never_one_usable_look_is_an_error(gate: Gate) -> None:
    """Down from the first look to the deadline: nobody knows anything, so `error`."""
    gate.sim.devin.inject("GET", DETAILS, Answer(502), times=None)
    assert gate.run(timeout_minutes="5").outcome == "error"


def test_a_retry_after_never_leads_past_the_deadline(gate: Gate) -> None:
    """A server that asks for an hour near the deadline still gets one last look at it."""
    wait = Answer(429, {}, (("Retry-After", "3600"),))
    gate.sim.devin.inject("GET", DETAILS, wait, skip=20)
    run = gate.run(timeout_minutes="4")
    assert run.outcome == "timed_out"
    assert run.looks_s[-1] == 240


@pytest.mark.parametrize(
    "output",
    [
        b'{"risk": "low", "why": NaN}',
        b'{"risk": "high", "risk": "low"}',
        b'{"risk": "low", "n": 1e999}',
    ],
)
def test_an_ambiguous_output_is_a_violation(gate: Gate, output: bytes) -> None:
    """What JSON leaves open inside the output breaks the schema; it is never read as something."""
    found = gate.run(timeout_minutes="1").outputs["session_id"].encode()
    status = b'"status_enum": "blocked", "status": "running", "status_detail": "waiting_for_user"'
    head = b'{"session_id": "%s", %s, ' % (found, status)
    body = head + b'"structured_output": ' + output + b"}"
    gate.sim.devin.inject("GET", DETAILS, Answer(200, body), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (1, "invalid_output")
