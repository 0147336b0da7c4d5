"""One comment of ours for each gate, found again and never mistaken for another's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrypoint.core.comment import (
    Comment,
    CommentPlan,
    Create,
    Leave,
    Marker,
    Update,
    plan_comment,
    read_marker,
)

US = "github-actions[bot]"
MARKER = Marker("gate", 1000, 2)


def comment(
    number: int,
    run_id: int = 999,
    attempt: int = 1,
    *,
    key: str = "gate",
    author: str = US,
    before: str = "",
) -> Comment:
    """Return a comment that a run of ours wrote, or that looks like it."""
    body = f"{before}{Marker(key, run_id, attempt)}\n### text"
    return Comment(number, author, body, f"https://github.test/c/{number}")


def plan(*existing: Comment) -> CommentPlan:
    """Return the plan of run 1000, attempt 2."""
    return plan_comment(existing, US, MARKER)


@pytest.mark.parametrize(
    "existing",
    [
        pytest.param((), id="no comment"),
        pytest.param((Comment(1, US, "LGTM", ""),), id="a comment without marker"),
        pytest.param((comment(1, author="mallory"),), id="our marker by somebody else"),
        pytest.param((comment(1, key="other"),), id="another gate's"),
        pytest.param((comment(1, before="> "),), id="our marker quoted"),
        pytest.param((comment(1, before="\n"),), id="our marker on the second line"),
        pytest.param((comment(1, author=US.upper()),), id="another login"),
    ],
)
def test_what_is_not_ours_is_left_alone(existing: tuple[Comment, ...]) -> None:
    """No comment of anybody else is edited; a new one is made."""
    assert plan(*existing) == Create()


@pytest.mark.parametrize(
    ("run_id", "attempt"),
    [(999, 9), (1000, 1), (1000, 2)],
    ids=["older run", "older attempt", "same"],
)
def test_our_own_comment_is_edited(run_id: int, attempt: int) -> None:
    """A second run edits the comment of the first."""
    ours = comment(7, run_id, attempt)
    assert plan(Comment(1, "x", "y", ""), ours) == Update(ours)


@pytest.mark.parametrize(
    ("run_id", "attempt"), [(1001, 1), (1000, 3)], ids=["younger run", "younger attempt"]
)
def test_a_younger_runs_text_is_left(run_id: int, attempt: int) -> None:
    """An old run that is late does not overwrite what a newer one has told."""
    ours = comment(7, run_id, attempt)
    assert plan(ours) == Leave(ours)


@pytest.mark.parametrize(("attempt", "is_left"), [(1, False), (2, True), (3, True)])
def test_who_gives_way_leaves_its_own_attempts_text(attempt: int, *, is_left: bool) -> None:
    """A start's late post step does not write over what the awaiting step has told."""
    ours = comment(7, 1000, attempt)
    found = plan_comment((ours,), US, MARKER, gives_way=True)
    assert found == (Leave(ours) if is_left else Update(ours))


def test_the_oldest_comment_stays() -> None:
    """After a race one comment is left, the same one for everybody who looks."""
    first, second, third = (comment(number) for number in (5, 8, 12))
    assert plan(third, first, second) == Update(first, (second, third))


def test_a_younger_runs_comment_is_not_deleted() -> None:
    """What a newer run has told survives an older run that cleans up."""
    newer = comment(8, 1001)
    match plan(comment(5, 998), newer):
        case Update(kept, surplus):
            assert kept != newer
            assert newer not in surplus
        case other:
            assert isinstance(other, Leave)


@given(
    st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True),
    st.integers(0, 10**18 - 1),
    st.integers(0, 10**9 - 1),
)
def test_a_marker_is_read_back(key: str, run_id: int, attempt: int) -> None:
    """Every comment that we write is found again."""
    marker = Marker(key, run_id, attempt)
    assert read_marker(f"{marker}\n### ✅") == marker
    assert len(str(marker).splitlines()) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!-- devin-gate -->",
        "<!-- devin-gate key=a b run=1 attempt=1 -->",
        "<!-- devin-gate key=a run=x attempt=1 -->",
        f"<!-- devin-gate key={'a' * 65} run=1 attempt=1 -->",
        f"<!-- devin-gate key=a run={'9' * 19} attempt=1 -->",
        "<!-- Devin-Gate key=a run=1 attempt=1 -->",
    ],
)
def test_an_odd_marker_is_none(body: str) -> None:
    """What only looks like our marker is not ours."""
    assert read_marker(body) is None
