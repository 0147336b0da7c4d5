"""What Devin's API says about a session is read into typed values, and never into an answer."""

from __future__ import annotations

from typing import Any

import pytest

from entrypoint.core.documents import DocumentError, Flaw, read_json_with_flaws
from entrypoint.core.session import Message, Phase, Session
from entrypoint.core.session_v1 import phase_of_v1, read_session_v1
from tests.unit.builders import SESSION_ID

SMALLEST = {"session_id": SESSION_ID, "status": "running"}
SEED_EXAMPLE = """{
"session_id": "devin-abc123def456",
"status": "running",
"title": "Review PR #123",
"created_at": "2024-01-01T00:00:00.000000+00:00",
"updated_at": "2024-01-01T00:05:30.123456+00:00",
"snapshot_id": null,
"playbook_id": null,
"tags": ["api", "documentation", "review"],
"pull_request": {"url": "https://github.com/example/repo/pull/123"},
"structured_output": {"result": "success", "files_modified": 3},
"status_enum": "blocked",
"messages": [
{"type": "initial_user_message", "event_id": "event-abc123-def4-5678-9012-abcdef123456",
 "message": "Review the pull request at https://github.com/example/repo/pull/123",
 "timestamp": "2024-01-01T00:00:00.000000+00:00", "username": "user@example.com", "origin": "web"},
{"type": "devin_message", "event_id": "event-def456-abc1-2345-6789-fedcba654321",
 "message": "I'll review the pull request for you. Let me analyze the changes.",
 "timestamp": "2024-01-01T00:00:15.123456+00:00"},
{"type": "user_message", "event_id": "event-789abc-def0-1234-5678-9abcdef01234",
 "message": "Please focus on the security implications",
 "timestamp": "2024-01-01T00:03:45.987654+00:00", "username": "user@example.com", "origin": "web"},
{"type": "devin_message", "event_id": "event-012def-abc3-4567-8901-23456789abcd",
 "message": "I've completed the security review. Found 2 potential issues that need attention.",
 "timestamp": "2024-01-01T00:05:30.123456+00:00"}
]
}"""


def read(**fields: object) -> Session:
    """Return the session of an answer with these fields beside the smallest ones."""
    return read_session_v1(SMALLEST | fields, SESSION_ID)


def test_the_documented_example_is_read_whole() -> None:
    """`status: running` beside `status_enum: blocked` is a turn that is over; nothing is lost."""
    session = read_session_v1(read_json_with_flaws(SEED_EXAMPLE), "devin-abc123def456")
    assert session == Session(
        session_id="devin-abc123def456",
        status="blocked",
        phase=Phase.AWAITING_USER,
        url="https://app.devin.ai/sessions/abc123def456",
        created_at="2024-01-01T00:00:00.000000+00:00",
        updated_at="2024-01-01T00:05:30.123456+00:00",
        structured_output={"result": "success", "files_modified": 3},
        output_flaws=(),
        pull_requests=("https://github.com/example/repo/pull/123",),
        messages=(
            Message(
                "initial_user_message",
                "event-abc123-def4-5678-9012-abcdef123456",
                "Review the pull request at https://github.com/example/repo/pull/123",
                "2024-01-01T00:00:00.000000+00:00",
                origin="web",
                username="user@example.com",
            ),
            Message(
                "devin_message",
                "event-def456-abc1-2345-6789-fedcba654321",
                "I'll review the pull request for you. Let me analyze the changes.",
                "2024-01-01T00:00:15.123456+00:00",
            ),
            Message(
                "user_message",
                "event-789abc-def0-1234-5678-9abcdef01234",
                "Please focus on the security implications",
                "2024-01-01T00:03:45.987654+00:00",
                origin="web",
                username="user@example.com",
            ),
            Message(
                "devin_message",
                "event-012def-abc3-4567-8901-23456789abcd",
                "I've completed the security review. Found 2 potential issues that need attention.",
                "2024-01-01T00:05:30.123456+00:00",
            ),
        ),
        title="Review PR #123",
        tags=("api", "documentation", "review"),
        snapshot_id=None,
        playbook_id=None,
    )
    assert session.phase.is_ended
    assert [m.event_id[:12] for m in session.new_devin_messages] == ["event-012def"]


def test_the_fields_that_the_example_leaves_empty_are_read() -> None:
    """Every field of the API's description has its place."""
    message = {"type": "user_message", "event_id": "e", "message": "m", "timestamp": "t"}
    session = read(
        snapshot_id="snap-1", playbook_id="play-1", messages=[message | {"user_id": "u"}]
    )
    assert (session.snapshot_id, session.playbook_id) == ("snap-1", "play-1")
    assert session.messages == (Message("user_message", "e", "m", "t", user_id="u"),)


@pytest.mark.parametrize(
    ("status", "status_enum", "phase"),
    [
        ("running", "working", Phase.WORKING),
        ("running", "blocked", Phase.AWAITING_USER),
        ("running", "expired", Phase.EXPIRED),
        ("running", "finished", Phase.FINISHED),
        ("running", "suspend_requested", Phase.SUSPENDED),
        ("running", "suspend_requested_frontend", Phase.SUSPENDED),
        ("running", "resume_requested", Phase.WORKING),
        ("running", "resume_requested_frontend", Phase.WORKING),
        ("running", "resumed", Phase.WORKING),
        ("running", "stopped", Phase.FINISHED),
        ("running", None, Phase.STARTING),
        ("claimed", None, Phase.STARTING),
        ("", None, Phase.STARTING),
        ("blocked", None, Phase.AWAITING_USER),
        ("finished", None, Phase.FINISHED),
        ("working", None, Phase.WORKING),
        ("finished", "working", Phase.WORKING),
        ("finished", "hibernating", Phase.WORKING),
        ("finished", "", Phase.WORKING),
        ("running", "Finished", Phase.WORKING),
    ],
)
def test_status_becomes_phase(status: str, status_enum: str | None, phase: Phase) -> None:
    """`status_enum` decides where it is there; a word that nobody knows is never an end."""
    assert phase_of_v1(status, status_enum) is phase
    assert read(status=status, status_enum=status_enum).phase is phase


@pytest.mark.parametrize(
    ("fields", "word", "phase"),
    [
        pytest.param({"status_enum": "blocked"}, "blocked", Phase.AWAITING_USER, id="enum"),
        pytest.param({"status_enum": None}, "running", Phase.STARTING, id="null"),
        pytest.param({}, "running", Phase.STARTING, id="absent"),
        pytest.param({"status_enum": 7}, "unknown", Phase.WORKING, id="a number"),
        pytest.param(
            {"status": "finished", "status_enum": ["x"]}, "unknown", Phase.WORKING, id="list"
        ),
        pytest.param(
            {"status": 5, "status_enum": "working"}, "working", Phase.WORKING, id="odd status"
        ),
    ],
)
def test_the_word_of_the_api_is_kept(fields: dict[str, Any], word: str, phase: Phase) -> None:
    """People read the API's own word, and an enum of a wrong type ends nothing."""
    session = read(**fields)
    assert (session.status, session.phase) == (word, phase)


@pytest.mark.parametrize("phase", list(Phase))
def test_only_two_phases_hold_an_answer(phase: Phase) -> None:
    """The notepad of a turn that did not end by itself is never judged."""
    assert phase.is_ended is (phase not in {Phase.STARTING, Phase.WORKING})
    assert phase.may_answer is (phase in {Phase.FINISHED, Phase.AWAITING_USER})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(None, "no JSON object", id="null"),
        pytest.param([], "no JSON object", id="list"),
        pytest.param("x", "no JSON object", id="string"),
        pytest.param(Flaw("a key twice"), "no JSON object", id="ambiguous as a whole"),
        pytest.param({}, "names no status", id="empty"),
        pytest.param({"session_id": SESSION_ID}, "names no status", id="no status"),
        pytest.param({"status": None, "status_enum": None}, "names no status", id="null status"),
        pytest.param(
            SMALLEST | {"session_id": "devin-other"}, "another session", id="another session"
        ),
        pytest.param(SMALLEST | {"tags": Flaw("NaN")}, "has NaN", id="flaw beside the output"),
        pytest.param(SMALLEST | {"messages": [{"a": Flaw("x")}]}, "has x", id="flaw in a message"),
    ],
)
def test_an_unusable_answer_is_refused(answer: object, reason: str) -> None:
    """What would make the gate judge something else than Devin said is no answer."""
    with pytest.raises(DocumentError, match=reason):
        read_session_v1(answer, SESSION_ID)


@pytest.mark.parametrize(
    "answered", [SESSION_ID, SESSION_ID.removeprefix("devin-")], ids=["with prefix", "without"]
)
def test_an_id_is_known_with_and_without_its_prefix(answered: str) -> None:
    """The same session under both spellings of its id is the same session."""
    session = read(session_id=answered)
    assert session.session_id == SESSION_ID


@pytest.mark.parametrize(
    "name", ["created_at", "updated_at", "title", "snapshot_id", "playbook_id"]
)
@pytest.mark.parametrize("value", [None, 5, [], {}], ids=str)
def test_a_field_of_a_wrong_type_is_left_out(name: str, value: object) -> None:
    """A server that grows does not break the run."""
    assert getattr(read(**{name: value}), name) is None


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        pytest.param({"tags": None}, "tags", (), id="tags null"),
        pytest.param({"tags": ["a", 5, "b"]}, "tags", ("a", "b"), id="an odd tag"),
        pytest.param({"messages": None}, "messages", (), id="messages null"),
        pytest.param({"messages": "x"}, "messages", (), id="messages a string"),
        pytest.param({"messages": [5, None]}, "messages", (), id="odd messages"),
        pytest.param(
            {"messages": [{}]}, "messages", (Message("", "", "", ""),), id="empty message"
        ),
        pytest.param({"pull_request": None}, "pull_requests", (), id="no pull request"),
        pytest.param({"pull_request": {}}, "pull_requests", (), id="no address"),
        pytest.param({"pull_request": "x"}, "pull_requests", (), id="pull request a string"),
        pytest.param(
            {"pull_request": {"url": "javascript:x"}}, "pull_requests", (), id="no web address"
        ),
        pytest.param({"new_field": 1}, "output_flaws", (), id="a field that nobody knows"),
    ],
)
def test_lists_are_read_tolerantly(fields: dict[str, Any], name: str, value: object) -> None:
    """What can be read of an answer is used, and the rest is left out."""
    assert getattr(read(**fields), name) == value
