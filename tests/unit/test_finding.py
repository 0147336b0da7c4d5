"""Which session answers a question, of those that bear its tag."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrypoint.core.finding import (
    GENERATIONS,
    AskAnew,
    AskFirst,
    Attach,
    choose_session,
    commits_of,
    may_be_of,
)
from entrypoint.core.session import ENDED_TAG, Phase, Session
from tests.unit.builders import make_session

TAG = "devin-gate:0123"


def listed(number: int, phase: Phase, *tags: str, archived: bool = False) -> Session:
    """Return a session with our tag, the older the lower its number."""
    return replace(
        make_session(phase),
        session_id=f"devin-{number}",
        created_at=f"2026-01-05T09:00:0{number}+00:00",
        tags=(TAG, *tags),
        is_archived=archived,
    )


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.EXPIRED, Phase.FAILED}))
def test_a_living_or_finished_session_is_taken_up(phase: Phase) -> None:
    """Whatever is not dead answers the question, at work or done."""
    session = listed(1, phase)
    assert choose_session((session,), TAG) == Attach(session)


@pytest.mark.parametrize(
    "session",
    [
        listed(1, Phase.EXPIRED),
        listed(1, Phase.FAILED),
        listed(1, Phase.FINISHED, archived=True),
        listed(1, Phase.FINISHED, ENDED_TAG),
    ],
    ids=["expired", "failed", "archived", "given up"],
)
def test_a_dead_session_is_never_judged(session: Session) -> None:
    """The question goes on to its next generation, of ten."""
    assert choose_session((session,), TAG) == AskAnew()
    assert GENERATIONS == 10
    living = listed(2, Phase.WORKING)
    assert choose_session((session, living), TAG) == Attach(living)


def test_of_several_the_oldest_stays() -> None:
    """Every run that looks chooses the same one, in whatever order the list comes."""
    one, two, three = (listed(number, Phase.WORKING) for number in (1, 2, 3))
    for order in ((three, one, two), (two, three, one), (one, two, three)):
        assert choose_session(order, TAG) == Attach(one)
    twin = replace(two, created_at=one.created_at)
    assert choose_session((twin, one), TAG) == Attach(one)
    timeless = replace(three, created_at=None)
    for pair in ((one, timeless), (timeless, one)):
        assert choose_session(pair, TAG) == Attach(timeless)


def test_what_bears_another_tag_is_not_there() -> None:
    """The server's idea of a list by tag is checked."""
    other = replace(listed(1, Phase.FINISHED), tags=("devin-gate:0123-1", "review"))
    assert choose_session((other,), TAG) == AskFirst()
    assert choose_session((), TAG) == AskFirst()


@pytest.mark.parametrize(
    ("shown", "is_ours"),
    [
        ((), True),
        ((TAG, "devin-gate:commit:aa"), True),
        (("their-own", TAG, "devin-gate:commit:aa", ENDED_TAG), True),
        ((TAG,), False),
        (("their-own",), False),
        (("devin-gate:4567", "devin-gate:commit:aa"), False),
    ],
)
def test_a_session_with_the_tags_of_others_is_theirs(
    shown: tuple[str, ...], *, is_ours: bool
) -> None:
    """Whatever id a create was answered with; the team's own tags may come and go."""
    session = replace(make_session(Phase.FINISHED), tags=shown)
    assert may_be_of(session, ("risk", TAG, "devin-gate:commit:aa")) is is_ours


@pytest.mark.parametrize(
    ("tags", "commits"),
    [
        ((), set()),
        ((TAG, "risk", ENDED_TAG), set()),
        ((TAG, "devin-gate:commit:aa"), {"aa"}),
        (("devin-gate:commit:aa", "devin-gate:commit:bb"), {"aa", "bb"}),
        (("x-devin-gate:commit:aa",), set()),
    ],
)
def test_a_session_is_bound_to_the_commits_of_its_tags(
    tags: tuple[str, ...], commits: set[str]
) -> None:
    """An answer about another commit is known as one."""
    assert commits_of(replace(make_session(), tags=tags)) == commits
