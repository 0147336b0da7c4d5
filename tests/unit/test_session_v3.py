"""What API v3 says about a session, read."""

from __future__ import annotations

from typing import Any

import pytest

from entrypoint.core.documents import DocumentError, read_json_with_flaws
from entrypoint.core.limits import LIMITS
from entrypoint.core.session import Limit, Message, Phase, Session
from entrypoint.core.session_v3 import (
    phase_of_v3,
    read_listed_v3,
    read_messages_v3,
    read_page,
    read_session_v3,
)

SESSION_ID = "devin-0123456789abcdef0123456789abcdef"
ANSWER: dict[str, Any] = {
    "session_id": SESSION_ID.removeprefix("devin-"),
    "url": "https://acme.devinenterprise.com/sessions/0123456789abcdef0123456789abcdef",
    "status": "running",
    "status_detail": "waiting_for_user",
    "structured_output": {"risk": "low"},
    "title": "Review",
    "tags": ["devin-gate:1", 5],
    "org_id": "org-1",
    "created_at": 1767603600,
    "updated_at": 1767603660,
    "acus_consumed": 3.25,
    "pull_requests": [
        {"pr_url": "https://github.com/octo/shop/pull/13", "pr_state": "open"},
        {"pr_url": "https://github.com/octo/shop/pull/14", "pr_state": None},
        {"pr_url": "https://github.com/octo/shop/pull/13", "pr_state": "merged"},
        {"pr_url": "javascript:alert(1)"},
        "https://github.com/octo/shop/pull/15",
    ],
    "playbook_id": "playbook-1",
    "is_archived": False,
    "child_session_ids": None,
}


def read(**fields: object) -> Session:
    """Return the session of the answer with other fields."""
    return read_session_v3({**ANSWER, **fields}, SESSION_ID, ())


def test_a_whole_answer_is_read() -> None:
    """Every field that the program uses arrives; the id has its prefix, times sort as text."""
    assert read() == Session(
        session_id=SESSION_ID,
        status="running/waiting_for_user",
        phase=Phase.AWAITING_USER,
        url="https://acme.devinenterprise.com/sessions/0123456789abcdef0123456789abcdef",
        created_at="2026-01-05T09:00:00.000000+00:00",
        updated_at="2026-01-05T09:01:00.000000+00:00",
        structured_output={"risk": "low"},
        pull_requests=(
            "https://github.com/octo/shop/pull/13",
            "https://github.com/octo/shop/pull/14",
        ),
        title="Review",
        tags=("devin-gate:1",),
        playbook_id="playbook-1",
        acus_consumed=3.25,
    )


@pytest.mark.parametrize(
    ("status", "detail", "phase"),
    [
        ("new", None, Phase.STARTING),
        ("claimed", None, Phase.STARTING),
        ("running", None, Phase.WORKING),
        ("running", "working", Phase.WORKING),
        ("running", "thinking_of_a_new_word", Phase.WORKING),
        ("running", "out_of_credits", Phase.WORKING),
        ("running", "waiting_for_user", Phase.AWAITING_USER),
        ("running", "waiting_for_approval", Phase.AWAITING_APPROVAL),
        ("running", "finished", Phase.FINISHED),
        ("resuming", None, Phase.WORKING),
        ("resuming", "waiting_for_user", Phase.WORKING),
        ("exit", None, Phase.FINISHED),
        ("exit", "finished", Phase.FINISHED),
        ("exit", "user_request", Phase.FAILED),
        ("exit", "error", Phase.FAILED),
        ("exit", "out_of_credits", Phase.LIMITED),
        ("error", None, Phase.FAILED),
        ("error", "anything", Phase.FAILED),
        ("suspended", None, Phase.SUSPENDED),
        ("suspended", "inactivity", Phase.AWAITING_USER),
        ("suspended", "user_request", Phase.SUSPENDED),
        ("suspended", "a_new_limit_exceeded", Phase.SUSPENDED),
        ("suspended", "error", Phase.FAILED),
        ("suspended", "usage_limit_exceeded", Phase.LIMITED),
        ("suspended", "out_of_credits", Phase.LIMITED),
        ("suspended", "out_of_quota", Phase.LIMITED),
        ("suspended", "no_quota_allocation", Phase.LIMITED),
        ("suspended", "payment_declined", Phase.LIMITED),
        ("suspended", "org_usage_limit_exceeded", Phase.LIMITED),
        ("suspended", "user_usage_limit_exceeded", Phase.LIMITED),
        ("suspended", "total_session_limit_exceeded", Phase.LIMITED),
        ("suspended", "contract_expired", Phase.LIMITED),
        ("finished", None, Phase.WORKING),
        ("Running", "finished", Phase.WORKING),
        ("running/finished", None, Phase.WORKING),
        ("suspended/inactivity", None, Phase.WORKING),
        ("a new word", "finished", Phase.WORKING),
    ],
)
def test_every_status_has_its_phase(status: str, detail: str | None, phase: Phase) -> None:
    """Statuses follow the table; what nobody knows is never an end."""
    assert phase_of_v3(status, detail) is phase
    assert read(status=status, status_detail=detail).phase is phase


def test_a_detail_that_is_no_text_is_an_unknown_one() -> None:
    """A number in the detail's place does not make a suspended session a finished one."""
    assert read(status_detail=7).phase is Phase.WORKING
    assert read(status="suspended", status_detail={}).phase is Phase.SUSPENDED


def test_a_limit_says_which_one_it_is() -> None:
    """Each limit has a sentence and a way out of its own, never on a session that runs."""
    assert len({limit.what for limit in LIMITS.values()}) >= len(LIMITS) - 1
    for detail, limit in LIMITS.items():
        assert read(status="suspended", status_detail=detail).limit == limit
        assert read(status="exit", status_detail=detail).limit == limit
        assert read(status="running", status_detail=detail).limit is None
    assert isinstance(read(status="suspended", status_detail="out_of_quota").limit, Limit)


@pytest.mark.parametrize(
    "value", [None, "1767603600", True, -1, 10**18, 1e300, [1767603600]], ids=repr
)
def test_an_odd_time_or_figure_is_left_out(value: object) -> None:
    """Nothing that is no sensible number of seconds or ACUs is shown, and nothing breaks."""
    session = read(created_at=value, updated_at=value, acus_consumed=value)
    assert (session.created_at, session.updated_at, session.acus_consumed) == (None, None, None)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"session_id": "devin-" + "f" * 32}, "another session"),
        ({"status": None}, "names no status"),
        ({"status": ""}, "names no status"),
        ({"status": 5}, "names no status"),
    ],
)
def test_what_cannot_be_judged_is_refused(fields: dict[str, object], why: str) -> None:
    """An answer that is not about this session, or says nothing, is none."""
    with pytest.raises(DocumentError, match=why):
        read(**fields)


def test_two_statuses_in_one_answer_are_none() -> None:
    """JSON with a key twice is ambiguous outside the output, and a flaw inside it."""
    twice = read_json_with_flaws('{"status": "running", "status": "exit"}')
    with pytest.raises(DocumentError, match=r"twice|no JSON object"):
        read_session_v3(twice, SESSION_ID, ())
    inside = read_json_with_flaws('{"status": "exit", "structured_output": {"a": 1, "a": 2}}')
    assert read_session_v3(inside, SESSION_ID, ()).output_flaws


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"items": None},
        {"items": [], "has_next_page": "yes"},
        {"items": [], "has_next_page": True},
        {"items": [], "has_next_page": True, "end_cursor": ""},
    ],
    ids=repr,
)
def test_a_page_without_its_end_is_none(answer: object) -> None:
    """Where it cannot be told whether there is more, nothing is known about the list."""
    with pytest.raises(DocumentError):
        read_page(answer)


def test_the_last_page_has_no_next_one_whatever_its_cursor_says() -> None:
    """`has_next_page` decides; a cursor beside it leads nowhere."""
    assert read_page({"items": [], "has_next_page": False, "end_cursor": "x"}).after is None
    assert read_page({"items": [], "has_next_page": True, "end_cursor": "x"}).after == "x"


def test_a_list_is_filtered_again() -> None:
    """Sessions without the tag, and entries that are none, are not ours."""
    items = [ANSWER, {**ANSWER, "tags": ["other"]}, None, {}]
    page = read_page({"items": items, "has_next_page": False})
    assert [one.session_id for one in read_listed_v3(page, "devin-gate:1")] == [SESSION_ID]


@pytest.mark.parametrize("session_id", [None, 7, "", "../x"], ids=repr)
def test_a_listed_session_of_ours_that_has_no_id_spoils_the_list(session_id: object) -> None:
    """Left out, the question would be asked a second time."""
    page = read_page({"items": [{**ANSWER, "session_id": session_id}]})
    assert read_listed_v3(page, "devin-gate:another") == ()
    with pytest.raises(DocumentError, match="session_id"):
        read_listed_v3(page, "devin-gate:1")


def test_messages_bear_the_names_of_v1() -> None:
    """Who wrote a message decides whether it is evidence; somebody unknown is neither."""
    items = [
        {"event_id": "e1", "source": "user", "message": "Do.", "created_at": 1767603600},
        {"event_id": "e2", "source": "devin", "message": "Done.", "created_at": 1767603660},
        {"event_id": "e3", "source": "system", "message": "Note."},
        {"source": ["devin"], "message": 7},
    ]
    page = read_page({"items": items, "has_next_page": False})
    first, second, third, fourth = read_messages_v3(page)
    assert first == Message("user_message", "e1", "Do.", "2026-01-05T09:00:00.000000+00:00")
    assert (second.is_from_devin, third.is_from_devin, fourth.is_from_devin) == (True, False, False)
    assert (third.type, fourth.message) == ("unknown", "")
