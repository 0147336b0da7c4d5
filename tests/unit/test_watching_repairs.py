"""When Devin is asked to repair its answer, what becomes of that, and whom a watch waits for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from entrypoint.core.repair import Pending, Repairs
from entrypoint.core.session import Phase, Session
from entrypoint.core.violations import Violation
from entrypoint.core.watching import Ask, Decision, Look, Stop, StopReason, Wait, Watch, repaired
from tests.unit.builders import make_look, make_message, make_session, make_watch
from tests.unit.watches import OUT_OF_TIME, SETTLED, after

BROKEN = (Violation("$.risk", "misses the required `risk`", "required"),)
SENT_S = 120.0
DEVIN, PERSON = make_message("Done."), make_message("Go on.", "user_message")
FIRST, SECOND = (
    make_message(f"Devin Gate, repair {number} of question 0123", "user_message")
    for number in (1, 2)
)


def look(at_s: float, phase: Phase = Phase.FINISHED, **fields: Any) -> Look:  # noqa: ANN401 - any field
    """Return a look at an end whose answer breaks the schema, or at a session at work."""
    session = replace(make_session(phase, {"risk": 1}), **fields)
    return Look(at_s, session, answered=False, violations=BROKEN)


def settled(repairs: str) -> Stop:
    """Return the end of a watch with what the repairs came to."""
    return Stop(StopReason.SETTLED, repairs=repairs)


@pytest.mark.parametrize(
    ("repairs", "decision"),
    [
        pytest.param(Repairs(), SETTLED, id="none allowed"),
        pytest.param(Repairs(1), Ask(1), id="the first"),
        pytest.param(Repairs(1, count=1), settled("after 1 repair"), id="used up"),
        pytest.param(Repairs(3, count=2), Ask(3), id="the last"),
        pytest.param(Repairs(2, count=2), settled("after 2 repairs"), id="both used up"),
        pytest.param(Repairs(3, count=3), settled("after 3 repairs"), id="all used up"),
        pytest.param(
            Repairs(3, gave_up=True),
            settled("the message that asks Devin to repair it was not delivered"),
            id="not delivered",
        ),
    ],
)
def test_a_repair_is_asked_for_as_often_as_the_team_allows(
    repairs: Repairs, decision: Decision
) -> None:
    """Devin is asked once the end and its grace are over, and never once more than allowed."""
    watch = replace(make_watch(), repairs=repairs)
    assert after(watch, [look(0.0), look(SENT_S)]) == decision


@pytest.mark.parametrize(
    ("last", "decision"),
    [
        pytest.param(look(SENT_S), Ask(1), id="finished"),
        pytest.param(look(SENT_S, Phase.AWAITING_USER), Ask(1), id="waiting for a person"),
        pytest.param(make_look(SENT_S), Ask(1), id="no output"),
        pytest.param(make_look(SENT_S, answered=True), SETTLED, id="answered"),
        pytest.param(look(SENT_S, is_archived=True), SETTLED, id="archived"),
        pytest.param(look(SENT_S, Phase.AWAITING_APPROVAL), SETTLED, id="waiting for approval"),
        pytest.param(look(SENT_S, Phase.FAILED), SETTLED, id="failed"),
    ],
)
def test_only_an_end_that_can_be_mended_is_repaired(last: Look, decision: Decision) -> None:
    """A good answer is left alone, and so is a session that would not answer."""
    watch = replace(make_watch(), repairs=Repairs(1))
    assert after(watch, [replace(last, at_s=0.0), last]) == decision


@pytest.mark.parametrize(("left_s", "decision"), [(60.1, Ask(1)), (60.0, SETTLED)])
def test_a_repair_needs_a_minute(left_s: float, decision: Decision) -> None:
    """Nothing is asked that could not be answered before the deadline."""
    watch = replace(make_watch(SENT_S + left_s), repairs=Repairs(1))
    assert after(watch, [look(0.0), look(SENT_S)]) == decision


@pytest.mark.parametrize(
    ("used", "limit", "decision"),
    [
        pytest.param(9.9, 10, Ask(1), id="some left"),
        pytest.param(10.0, 10, SETTLED, id="all used"),
        pytest.param(10.1, 10, SETTLED, id="more than allowed"),
        pytest.param(99.0, None, Ask(1), id="no limit"),
        pytest.param(None, 10, Ask(1), id="unknown use"),
        pytest.param(None, None, Ask(1), id="neither"),
    ],
)
def test_a_session_that_used_up_its_limit_is_not_asked(
    used: float | None, limit: int | None, decision: Decision
) -> None:
    """A repair would be cut off in the middle."""
    watch = replace(make_watch(), repairs=Repairs(1), acu_limit=limit)
    seen = [look(at_s, acus_consumed=used) for at_s in (0.0, SENT_S)]
    assert after(watch, seen) == decision


SETTLED_WATCH = replace(
    make_watch(), last=look(0.0), steady=look(0.0), settled=True, grace_from_s=0.0
)


def asked(attempts: int = 2) -> Watch:
    """Return a watch that has seen a broken end, and has just sent the first repair."""
    repairs = Repairs(attempts).send(look(0.0).session, SENT_S, delivered=True)
    return repaired(SETTLED_WATCH, repairs)


IGNORED = settled("Devin did not take up the message that asks to repair it")


@pytest.mark.parametrize(
    ("seen", "decision"),
    [
        pytest.param([look(121.0)], Wait(10.0), id="nothing happens"),
        pytest.param([look(121.0), look(239.9)], Wait(10.0), id="nothing for 119.9 s"),
        pytest.param([look(121.0), look(240.0)], IGNORED, id="nothing for 120 s"),
        pytest.param(
            [look(121.0, updated_at="later"), look(240.0, updated_at="later")],
            IGNORED,
            id="our own message moves updated_at",
        ),
        pytest.param([look(145.0, Phase.WORKING)], Wait(25.0), id="Devin works"),
        pytest.param(
            [look(130.0, Phase.WORKING), look(140.0), look(199.9)], Wait(10.0), id="the grace"
        ),
        pytest.param(
            [look(130.0, Phase.WORKING), look(140.0), look(200.0)], Ask(2), id="broken again"
        ),
        pytest.param(
            [look(121.0), *(look(at_s, messages=(FIRST, DEVIN)) for at_s in (130.0, 189.9))],
            Wait(10.0),
            id="the grace of a reply in words alone",
        ),
        pytest.param(
            [look(130.0, structured_output=0), look(190.0, structured_output=0)],
            Ask(2),
            id="another broken output",
        ),
        pytest.param(
            [look(121.0), *(look(at_s, structured_output=0) for at_s in (130.0, 189.9))],
            Wait(10.0),
            id="the grace of another broken output",
        ),
        pytest.param(
            [make_look(130.0, answered=True), make_look(135.0, answered=True)],
            settled("after 1 repair"),
            id="mended",
        ),
        pytest.param(
            [look(130.0, Phase.SUSPENDED), look(135.0, Phase.SUSPENDED)],
            settled("after 1 repair"),
            id="put to sleep",
        ),
    ],
)
def test_a_repair_has_two_minutes_to_be_taken_up_and_one_to_be_answered(
    seen: list[Look], decision: Decision
) -> None:
    """A broken end that still stands after our message is no second answer of Devin's."""
    assert after(asked(), seen) == decision


@pytest.mark.parametrize("delivered", [True, False])
def test_after_a_repair_the_end_settles_anew(*, delivered: bool) -> None:
    """What was seen before our message says nothing about the answer to it."""
    repairs = Repairs(2).send(look(0.0).session, SENT_S, delivered=delivered)
    watch = repaired(SETTLED_WATCH, repairs)
    assert (watch.steady, watch.settled, watch.grace_from_s) == (None, False, None)
    assert after(watch, [look(121.0)]) == Wait(10.0)


def test_no_repair_more_than_allowed_is_asked_for() -> None:
    """What a repair did not mend is the outcome, and how often it was tried is told."""
    seen = [look(130.0, Phase.WORKING), look(140.0), look(200.0)]
    assert after(asked(1), seen) == settled("after 1 repair")
    assert after(replace(asked(1), deadline_s=200.5), seen) == settled("after 1 repair")
    late = replace(asked(1), deadline_s=200.5, last=None)
    ended = after(late, [look(130.0, Phase.WORKING), look(200.0, Phase.WORKING)])
    assert ended == replace(OUT_OF_TIME, repairs="after 1 repair")


@pytest.mark.parametrize(
    ("number", "messages", "taken_up"),
    [
        (1, (FIRST, DEVIN), True),
        (1, (FIRST, PERSON, DEVIN), True),
        (1, (DEVIN,), False),
        (1, (DEVIN, FIRST), False),
        (1, (FIRST, PERSON), False),
        (2, (FIRST, DEVIN, SECOND), False),
        (2, (FIRST, SECOND, DEVIN), True),
    ],
)
def test_devins_reply_shows_that_a_repair_was_read(
    *, number: int, messages: tuple[Any, ...], taken_up: bool
) -> None:
    """Only what Devin wrote after our message is a reply to it."""
    before = make_session()
    repairs = Repairs(3, count=number, pending=Pending(SENT_S, before))
    session = replace(before, messages=messages)
    assert (repairs.observe(session).pending is None) is taken_up


@pytest.mark.parametrize(
    ("known", "messages", "count"),
    [
        (0, (), 0),
        (0, (FIRST,), 1),
        (0, (DEVIN, FIRST, PERSON, SECOND), 2),
        (2, (FIRST,), 2),
        (1, (), 1),
    ],
)
def test_repairs_are_counted_in_the_session(
    known: int, messages: tuple[Any, ...], count: int
) -> None:
    """Two runs together send no more than allowed, and a list that lags hides none."""
    session = replace(make_session(), messages=messages)
    assert Repairs(2, count=known).observe(session) == Repairs(2, count=count)


@pytest.mark.parametrize("delivered", [True, False])
def test_a_message_that_was_not_delivered_ends_the_repairs(*, delivered: bool) -> None:
    """One that may have arrived counts; one that surely did not is not tried again."""
    session = make_session()
    after_it = Repairs(3, count=1, sent=1).send(session, SENT_S, delivered=delivered)
    pending = Pending(SENT_S, session)
    expected = Repairs(3, 2, 2, pending) if delivered else Repairs(3, 1, 1, gave_up=True)
    assert after_it == expected
    assert not after_it.may_go_on


def silent(phase: Phase, **fields: Any) -> Session:  # noqa: ANN401 - any field
    """Return a session that has ended without an output."""
    return replace(make_session(phase), **fields)


@pytest.mark.parametrize(
    ("session", "violations", "waits"),
    [
        pytest.param(silent(Phase.AWAITING_APPROVAL), (), True, id="approval"),
        pytest.param(silent(Phase.AWAITING_USER), (), True, id="a question"),
        pytest.param(silent(Phase.AWAITING_USER), BROKEN, False, id="a broken answer"),
        pytest.param(
            silent(Phase.AWAITING_USER, is_archived=True), (), False, id="archived meanwhile"
        ),
        pytest.param(silent(Phase.FINISHED), (), False, id="finished"),
        pytest.param(silent(Phase.SUSPENDED), (), False, id="put to sleep"),
    ],
)
@pytest.mark.parametrize(("interval_s", "gap_s"), [(None, 30.0), (15.0, 15.0)])
def test_a_person_is_waited_for_where_the_team_wants_it(
    *,
    session: Session,
    violations: tuple[Violation, ...],
    waits: bool,
    interval_s: float | None,
    gap_s: float,
) -> None:
    """Somebody can answer or approve while the step waits; every other end is the outcome."""
    seen = [Look(at_s, session, answered=False, violations=violations) for at_s in (0.0, 120.0)]
    watch = replace(make_watch(interval_s=interval_s), waits_for_people=True)
    assert after(watch, seen) == (Wait(gap_s) if waits else SETTLED)
    assert after(replace(watch, waits_for_people=False), seen) == SETTLED
    assert after(replace(watch, deadline_s=120.5), seen) == (OUT_OF_TIME if waits else SETTLED)


def test_a_good_answer_is_not_waited_for() -> None:
    """A turn that ends in a question and a valid output is judged at once."""
    watch = replace(make_watch(), waits_for_people=True)
    seen = [make_look(at_s, Phase.AWAITING_USER, answered=True) for at_s in (0.0, 5.0)]
    assert after(watch, seen) == SETTLED
