"""Whatever is seen, in whatever order: no end is believed too early, no wait is too long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.documents import Json, write_json
from entrypoint.core.session import Phase
from entrypoint.core.watching import Look, Missed, Stop, StopReason, Wait, decide, observe
from tests.unit.builders import make_failure, make_look, make_miss, make_watch

Seen = Look | Missed
GAPS = st.sampled_from(
    [0.0, 0.1, 1.0, 4.9, 5.0, 5.1, 10.0, 59.0, 119.9, 120.0, 300.0, 899.0, 900.0]
)
PHASES = st.sampled_from([Phase.WORKING, Phase.FINISHED, Phase.AWAITING_USER, Phase.EXPIRED])
OUTPUTS: st.SearchStrategy[Json] = st.sampled_from([None, 1, True, {"a": 1}])
FAILURES = st.builds(
    make_failure,
    st.sampled_from(["unclear", "answered", "not_sent"]),
    st.sampled_from([404, 429, 502]),
    st.sampled_from([None, 0.0, 7.0, 400.0]),
)
DRAWS = st.floats(0, 1, exclude_max=True)


@st.composite
def sights(draw: st.DrawFn) -> list[Seen]:
    """Draw what is seen of one session, one after the other."""
    at_s, seen = 0.0, list[Seen]()
    for gap_s in draw(st.lists(GAPS, max_size=12)):
        at_s += gap_s
        if draw(st.integers(0, 3)) == 0:
            seen.append(make_miss(at_s, draw(FAILURES), draw(DRAWS)))
            continue
        phase, output = draw(PHASES), draw(OUTPUTS)
        updated_at = draw(st.sampled_from(["1", "2"]))
        answered = output is not None and draw(st.booleans())
        seen.append(make_look(at_s, phase, output, answered=answered, updated_at=updated_at))
    return seen


def shows_same(one: Look, other: Look) -> bool:
    """Tell whether two looks show the same end."""
    shown = [
        (look.session.phase, look.session.updated_at, write_json(look.session.structured_output))
        for look in (one, other)
    ]
    return shown[0] == shown[1]


def is_settled(looks: list[Look]) -> bool:
    """Tell whether the last looks show one end, unchanged, for at least 5 seconds."""
    last = looks[-1]
    first = last
    for look in reversed(looks):
        if not shows_same(look, last):
            break
        first = look
    return last.session.phase.is_ended and last.at_s - first.at_s >= 5.0


def first_unanswered(looks: list[Look]) -> Look:
    """Return the first look of the last turn's end that had no answer."""
    first = looks[-1]
    for look in reversed(looks):
        if not look.session.phase.is_ended:
            break
        first = first if look.answered else look
    return first


@given(sights(), st.booleans())
def test_an_end_is_never_believed_early(seen: list[Seen], created: bool) -> None:  # noqa: FBT001
    """Only an end that stood still for 5 seconds is judged, and a missing one only after 120 s."""
    watch = make_watch(10_000.0, created=created)
    looks: list[Look] = []
    for one in seen:
        watch = observe(watch, one)
        looks += [one] if isinstance(one, Look) else []
        decision = decide(watch, one.at_s)
        if not isinstance(decision, Stop) or decision.reason is not StopReason.SETTLED:
            continue
        assert isinstance(one, Look)
        assert watch.last is one
        assert is_settled(looks)
        if not one.answered and one.session.phase.may_answer:
            assert one.at_s - first_unanswered(looks).at_s >= 120.0


@given(sights(), st.floats(1, 3000), st.sampled_from([None, 5.0, 300.0]), st.floats(0, 20))
def test_no_wait_leads_past_the_deadline(
    seen: list[Seen], deadline_s: float, interval_s: float | None, late_s: float
) -> None:
    """The step ends when the team said it ends, whatever Devin's service asks for."""
    watch = make_watch(deadline_s, interval_s=interval_s)
    for one in seen:
        watch = observe(watch, one)
        now_s = one.at_s + late_s
        decision = decide(watch, now_s)
        if isinstance(decision, Wait):
            assert decision.duration_s >= 1.0
            assert now_s + decision.duration_s <= deadline_s + 1e-6
        else:
            assert isinstance(decision, Stop)
            assert watch.last is not None or decision.reason is not StopReason.SETTLED


@given(PHASES, st.booleans(), st.floats(2, 5000), st.sampled_from([None, 5.0, 300.0]))
def test_every_watch_ends_with_a_look_at_the_deadline(
    phase: Phase,
    answered: bool,  # noqa: FBT001
    deadline_s: float,
    interval_s: float | None,
) -> None:
    """A watch always ends, and what stands at the deadline has been looked at."""
    watch, at_s, looks = make_watch(deadline_s, interval_s=interval_s), 0.0, 0
    while True:
        watch = observe(watch, make_look(at_s, phase, answered=answered))
        looks += 1
        decision = decide(watch, at_s)
        if isinstance(decision, Stop):
            break
        assert isinstance(decision, Wait)
        at_s += decision.duration_s
        assert looks < 2000
    if decision.reason is StopReason.OUT_OF_TIME:
        assert at_s >= deadline_s - 1.0 - 1e-6
    else:
        assert decision.reason is StopReason.SETTLED
        assert phase.is_ended
