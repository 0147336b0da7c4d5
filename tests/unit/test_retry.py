"""What is sent again, when, and never a second session."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.retry import (
    GiveUp,
    Plan,
    RetryAfter,
    is_unclear,
    parse_retry_after,
    plan_create,
    plan_read,
)
from entrypoint.errors import CallFailed, FailureKind
from tests.unit.builders import make_failure

NOW = "Sun, 01 Nov 2026 10:00:00 GMT"
PASSING = (408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524)
UNCLEAR = (408, 500, 502, 503, 504, 520, 521, 522, 523, 524)
LASTING = (300, 301, 304, 307, 400, 401, 403, 404, 405, 410, 418, 422, 501, 505, 519, 525, 599)
KINDS: tuple[FailureKind, ...] = ("not_sent", "unclear", "unreadable", "answered", "refused")


def read_plan(failure: CallFailed, **facts: Any) -> Plan:  # noqa: ANN401 - any JSON, or any field
    """Return the plan for a first failed read."""
    usual: dict[str, Any] = {"attempt": 1, "failing_s": 0.0, "fresh": False, "draw": 0.0}
    return plan_read(failure, **usual | facts)


def create_plan(failure: CallFailed, **facts: Any) -> Plan:  # noqa: ANN401 - any JSON, or any field
    """Return the plan for a first failed create."""
    usual: dict[str, Any] = {
        "attempt": 1,
        "unclear": int(is_unclear(failure)),
        "idempotent": True,
        "left_s": 900.0,
        "draw": 0.0,
    }
    return plan_create(failure, **usual | facts)


@pytest.mark.parametrize("status", PASSING)
def test_a_read_is_repeated_after_trouble_that_passes(status: int) -> None:
    """A hiccup of Devin's service costs a wait, not the verdict."""
    assert isinstance(read_plan(make_failure(status=status)), RetryAfter)


@pytest.mark.parametrize("status", LASTING)
def test_a_read_that_cannot_help_is_not_repeated(status: int) -> None:
    """A refusal is told at once, not after fifteen minutes."""
    plan = read_plan(make_failure(status=status))
    assert plan == GiveUp(f"Devin answered {status}.", may_have_happened=False)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "answered"])
def test_a_read_without_an_answer(kind: FailureKind) -> None:
    """A broken line is tried again; what we refuse ourselves (TLS, a redirect) is not."""
    assert isinstance(read_plan(make_failure(kind)), GiveUp if kind == "refused" else RetryAfter)


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("fresh", [True, False])
def test_a_new_session_may_be_invisible_for_a_while(*, status: int, fresh: bool) -> None:
    """A session that this run has just made is not given up because Devin is slow to show it."""
    expected = RetryAfter if fresh else GiveUp
    assert isinstance(read_plan(make_failure(status=status), fresh=fresh), expected)


@pytest.mark.parametrize("status", [400, 401, 410, 422])
def test_other_refusals_are_no_lag(status: int) -> None:
    """A wrong key is wrong for a new session too."""
    assert isinstance(read_plan(make_failure(status=status), fresh=True), GiveUp)


@pytest.mark.parametrize(
    ("failing_s", "expected"), [(899.9, RetryAfter), (900.0, GiveUp), (901.0, GiveUp)]
)
def test_a_read_fails_for_15_minutes_at_most(failing_s: float, expected: type[Plan]) -> None:
    """An outage of a quarter of an hour ends the run, a shorter one does not."""
    plan = read_plan(make_failure(status=503), failing_s=failing_s)
    assert isinstance(plan, expected)
    if isinstance(plan, GiveUp):
        said = "Devin gave no usable answer for 15 minutes; the last try: Devin answered 503."
        assert plan == GiveUp(said, may_have_happened=False)


@pytest.mark.parametrize(
    ("attempt", "draw", "wait_s"),
    [
        (1, 0.0, 1.0),
        (1, 0.999, 1.0),
        (2, 1.0, 2.0),
        (3, 1.0, 4.0),
        (5, 1.0, 16.0),
        (6, 1.0, 30.0),
        (50, 1.0, 30.0),
        (100_000, 1.0, 30.0),
        (5, 0.0, 1.0),
        (5, 0.5, 8.5),
    ],
)
def test_waits_double_up_to_30_seconds(attempt: int, draw: float, wait_s: float) -> None:
    """A service in trouble is asked ever less often, and many runs not at the same moment."""
    plan = read_plan(make_failure(status=503), attempt=attempt, draw=draw)
    assert isinstance(plan, RetryAfter)
    assert plan.duration_s == pytest.approx(wait_s)


@pytest.mark.parametrize(
    ("wished_s", "wait_s"),
    [(None, 1.0), (0.0, 1.0), (0.5, 1.0), (3.0, 3.0), (299.0, 299.0), (300.0, 300.0), (1e9, 300.0)],
)
def test_the_server_is_given_the_time_it_asks_for(wished_s: float | None, wait_s: float) -> None:
    """Retry-After counts, from 1 s up to 300 s."""
    failure = make_failure(status=429, retry_after_s=wished_s)
    assert read_plan(failure) == RetryAfter(wait_s)
    assert create_plan(failure) == RetryAfter(wait_s)


@given(
    st.sampled_from(KINDS),
    st.sampled_from([None, *PASSING, *LASTING]),
    st.none() | st.floats(0, 1e9),
    st.integers(1, 10_000),
    st.floats(0, 1, exclude_max=True),
)
def test_two_attempts_are_never_close(
    kind: FailureKind, status: int | None, wished_s: float | None, attempt: int, draw: float
) -> None:
    """Devin is never hammered, and no wait is longer than five minutes."""
    failure = make_failure(kind, status, wished_s)
    for plan in (
        read_plan(failure, attempt=attempt, draw=draw),
        create_plan(failure, attempt=attempt, draw=draw),
    ):
        if isinstance(plan, RetryAfter):
            assert max(1.0, min(wished_s or 0.0, 300.0)) <= plan.duration_s <= 300.0


@pytest.mark.parametrize(
    ("failure", "unclear"),
    [
        *[pytest.param(make_failure(status=s), True, id=str(s)) for s in UNCLEAR],
        *[
            pytest.param(make_failure(status=s), False, id=str(s))
            for s in (*LASTING, 409, 425, 429)
        ],
        pytest.param(make_failure(status=503, retry_after_s=0.0), False, id="503 with Retry-After"),
        pytest.param(make_failure(status=500, retry_after_s=3.0), True, id="500 with Retry-After"),
        pytest.param(make_failure(status=502, retry_after_s=3.0), True, id="502 with Retry-After"),
        pytest.param(make_failure("not_sent"), False, id="not sent"),
        pytest.param(make_failure("unclear"), True, id="no whole answer"),
        pytest.param(make_failure("unreadable", 200), True, id="unreadable"),
        pytest.param(make_failure("refused"), False, id="refused"),
    ],
)
def test_what_may_have_made_a_session(*, failure: CallFailed, unclear: bool) -> None:
    """A session that may exist is never taken for one that does not."""
    assert is_unclear(failure) is unclear


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(make_failure("not_sent"), id="not sent"),
        pytest.param(make_failure(status=429), id="429"),
        pytest.param(make_failure(status=503, retry_after_s=1.0), id="503 with Retry-After"),
    ],
)
def test_a_create_that_did_nothing_is_sent_again(*, failure: CallFailed, idempotent: bool) -> None:
    """Where surely no session was made, the question is simply asked again."""
    plan = create_plan(failure, attempt=9, idempotent=idempotent)
    assert isinstance(plan, RetryAfter)


@pytest.mark.parametrize(
    ("unclear", "again"), [(1, True), (2, True), (3, True), (4, True), (5, False), (6, False)]
)
def test_an_unclear_create_is_sent_again_four_times(*, unclear: int, again: bool) -> None:
    """Devin knows an identical request again; it is repeated four times and not a fifth."""
    plan = create_plan(make_failure(status=502), attempt=unclear, unclear=unclear)
    if again:
        assert isinstance(plan, RetryAfter)
    else:
        assert plan == GiveUp("Devin answered 502.", may_have_happened=True)


@pytest.mark.parametrize("status", UNCLEAR)
def test_without_idempotency_an_unclear_create_is_not_repeated(status: int) -> None:
    """One question never pays for two sessions because an answer was lost."""
    plan = create_plan(make_failure(status=status), idempotent=False)
    assert plan == GiveUp(f"Devin answered {status}.", may_have_happened=True)


def test_without_idempotency_nothing_follows_an_unclear_create() -> None:
    """Once a session may exist, even a harmless failure brings no second request."""
    plan = create_plan(make_failure("not_sent"), attempt=2, unclear=1, idempotent=False)
    assert plan == GiveUp("Devin answered not_sent.", may_have_happened=True)


@pytest.mark.parametrize("status", [*LASTING, 409, 425])
def test_a_refused_create_is_not_repeated(status: int) -> None:
    """A refusal made no session, and is told at once."""
    assert create_plan(make_failure(status=status)) == GiveUp(f"Devin answered {status}.")


def test_a_refused_create_after_an_unclear_one() -> None:
    """That a session may exist is not forgotten because the next request was refused."""
    plan = create_plan(make_failure(status=401), attempt=2, unclear=1)
    assert plan == GiveUp("Devin answered 401.", may_have_happened=True)


@pytest.mark.parametrize(("left_s", "again"), [(3.0, True), (2.999, False), (0.0, False)])
def test_a_create_is_not_sent_past_its_budget(*, left_s: float, again: bool) -> None:
    """No session is started after the time in which it could be watched."""
    plan = create_plan(make_failure(status=429, retry_after_s=3.0), left_s=left_s)
    assert isinstance(plan, RetryAfter if again else GiveUp)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param(None, None, id="absent"),
        pytest.param("", None, id="empty"),
        pytest.param("0", 0.0, id="0"),
        pytest.param("3", 3.0, id="3"),
        pytest.param(" 3 ", 3.0, id="blanks"),
        pytest.param("1.5", 1.5, id="1.5"),
        pytest.param("-5", 0.0, id="-5"),
        pytest.param("999999999", 999_999_999.0, id="10^9 - 1"),
        pytest.param("1000000000", 300.0, id="10^9"),
        pytest.param("9" * 5000, 300.0, id="5,000 digits"),
        pytest.param("soon", None, id="junk"),
        pytest.param("3, 5", None, id="twice"),
        pytest.param("nan", None, id="nan"),
        pytest.param("inf", None, id="inf"),
        pytest.param("1e3", None, id="1e3"),
        pytest.param("٣", None, id="digits of another script"),
        pytest.param("Sun, 01 Nov 2026 10:00:30 GMT", 30.0, id="a date to come"),
        pytest.param("Sun, 01 Nov 2026 09:00:00 GMT", 0.0, id="a date gone by"),
        pytest.param("Sun, 01 Nov 2026 10:00:30 -0000", 30.0, id="a date without a zone"),
        pytest.param("Sun, 01 Nov 2026 11:00:30 +0100", 30.0, id="a date of another zone"),
        pytest.param("1 Nov 99999999999999999999 10:00:30", None, id="a date without end"),
        pytest.param("Sun, 99 Nov 2026 10:00:30 GMT", None, id="no date"),
        pytest.param("x" * 100_000, None, id="long junk"),
    ],
)
def test_retry_after_is_read(value: str | None, seconds: float | None) -> None:
    """Whatever a server or a proxy writes there, it is a bounded wait or nothing."""
    assert parse_retry_after(value, NOW) == seconds


@pytest.mark.parametrize("date", [None, "", "soon"])
def test_a_date_needs_the_servers_own_clock(date: str | None) -> None:
    """A runner whose clock is wrong waits no hour for nothing."""
    assert parse_retry_after("Sun, 01 Nov 2026 10:00:30 GMT", date) is None


@given(st.text(), st.text())
def test_no_header_breaks_the_run(value: str, date: str) -> None:
    """A broken header is as good as none."""
    seconds = parse_retry_after(value, date)
    assert seconds is None or seconds >= 0
