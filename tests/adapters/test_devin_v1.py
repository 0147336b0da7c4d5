"""The two calls of API v1: what is sent, byte for byte, and what is read."""

import json
from collections.abc import Iterator

import pytest

from entrypoint.adapters.devin_v1 import DevinV1
from entrypoint.adapters.http import Http
from entrypoint.core.documents import Json
from entrypoint.core.retry import Patience
from entrypoint.core.session import Phase
from entrypoint.core.text import Secret
from entrypoint.errors import CallFailed
from simulator import DEVIN_KEY, Answer, Simulation, Step, Timeline

EVERY_FIELD: dict[str, Json] = {
    "prompt": "Review ünïcode 🎉",
    "snapshot_id": "snapshot-1",
    "playbook_id": "playbook-1",
    "unlisted": True,
    "idempotent": True,
    "max_acu_limit": 10,
    "secret_ids": [],
    "knowledge_ids": ["k1", "k2"],
    "tags": ["review"],
    "title": "Security",
    "structured_output_schema": {"type": "object"},
}
DETAILS = "/v1/sessions/{session_id}"
# The answer of the API's own documentation, "Retrieve details about an existing session".
EXAMPLE = {
    "session_id": "devin-abc123def456",
    "status": "running",
    "title": "Review PR #123",
    "created_at": "2024-01-01T00:00:00.000000+00:00",
    "updated_at": "2024-01-01T00:05:30.123456+00:00",
    "snapshot_id": None,
    "playbook_id": None,
    "tags": ["api", "documentation", "review"],
    "pull_request": {"url": "https://github.com/example/repo/pull/123"},
    "structured_output": {"result": "success", "files_modified": 3},
    "status_enum": "blocked",
    "messages": [
        {
            "type": "initial_user_message",
            "event_id": "event-abc123-def4-5678-9012-abcdef123456",
            "message": "Review the pull request at https://github.com/example/repo/pull/123",
            "timestamp": "2024-01-01T00:00:00.000000+00:00",
            "username": "user@example.com",
            "origin": "web",
        },
        {
            "type": "devin_message",
            "event_id": "event-012def-abc3-4567-8901-23456789abcd",
            "message": "I've completed the security review.",
            "timestamp": "2024-01-01T00:05:30.123456+00:00",
        },
    ],
}


@pytest.fixture
def devin(sim: Simulation) -> Iterator[DevinV1]:
    """Give the adapter."""
    http = Http(sim.devin.url, Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(2))
    yield DevinV1(http)
    http.close()


def test_a_create_sends_exactly_its_body(sim: Simulation, devin: DevinV1) -> None:
    """Every field goes out as it is, and no other."""
    created = devin.create_session(EVERY_FIELD)
    [seen] = sim.devin.journal
    assert (seen.method, seen.path, seen.json) == ("POST", "/v1/sessions", EVERY_FIELD)
    assert created.session_id == sim.devin.sessions[0].session_id
    assert created.url == sim.devin.sessions[0].url
    assert created.is_new_session is True


def test_equal_bodies_are_equal_bytes(sim: Simulation, devin: DevinV1) -> None:
    """The order in which a body was built does not make it another request."""
    first = devin.create_session(EVERY_FIELD)
    second = devin.create_session(dict(reversed(EVERY_FIELD.items())))
    assert sim.devin.journal[0].body == sim.devin.journal[1].body
    assert (first.session_id, second.is_new_session) == (second.session_id, False)


def test_is_new_session_is_unknown_where_the_answer_does_not_say(devin: DevinV1) -> None:
    """Without `idempotent` the API does not tell."""
    assert devin.create_session({"prompt": "p"}).is_new_session is None


def test_the_example_of_the_documentation_is_read_whole(sim: Simulation, devin: DevinV1) -> None:
    """Every field of the API's own example reaches the program as a typed value."""
    sim.devin.inject("GET", DETAILS, Answer(200, EXAMPLE))
    session = devin.get_session("devin-abc123def456")
    assert (session.status, session.phase) == ("blocked", Phase.AWAITING_USER)
    assert session.structured_output == EXAMPLE["structured_output"]
    assert session.pull_requests == ("https://github.com/example/repo/pull/123",)
    assert (session.title, session.tags) == ("Review PR #123", ("api", "documentation", "review"))
    assert (session.snapshot_id, session.playbook_id) == (None, None)
    assert session.created_at == "2024-01-01T00:00:00.000000+00:00"
    assert session.updated_at == "2024-01-01T00:05:30.123456+00:00"
    first, last = session.messages
    assert (first.type, first.username, first.origin) == (
        "initial_user_message",
        "user@example.com",
        "web",
    )
    assert last.event_id == "event-012def-abc3-4567-8901-23456789abcd"
    assert session.new_devin_messages == (last,)


@pytest.mark.parametrize(
    ("status_enum", "phase"),
    [
        ("working", Phase.WORKING),
        ("blocked", Phase.AWAITING_USER),
        ("expired", Phase.EXPIRED),
        ("finished", Phase.FINISHED),
        ("suspend_requested", Phase.SUSPENDED),
        ("suspend_requested_frontend", Phase.SUSPENDED),
        ("resume_requested", Phase.WORKING),
        ("resume_requested_frontend", Phase.WORKING),
        ("resumed", Phase.WORKING),
        ("brand_new", Phase.WORKING),
        (None, Phase.STARTING),
    ],
)
def test_each_status_is_a_phase(
    sim: Simulation, devin: DevinV1, status_enum: str | None, phase: Phase
) -> None:
    """The nine values, null, and one that nobody knows."""
    sim.devin.script(Timeline((Step(status="new", status_enum=status_enum),)))
    session_id = devin.create_session({"prompt": "p"}).session_id
    assert devin.get_session(session_id).phase is phase


@pytest.mark.parametrize(
    "change",
    [
        {"session_id": "devin-other"},
        {"status": None, "status_enum": None},
        {"status": 1, "status_enum": None},
    ],
    ids=json.dumps,
)
def test_an_answer_that_says_nothing_usable_is_unreadable(
    sim: Simulation, devin: DevinV1, change: dict[str, object]
) -> None:
    """Another session's answer, or one without a status, is no look."""
    sim.devin.inject("GET", DETAILS, Answer(200, EXAMPLE | change))
    with pytest.raises(CallFailed) as caught:
        devin.get_session("devin-abc123def456")
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize("name", [name for name in EXAMPLE if name != "status_enum"])
@pytest.mark.parametrize("value", [None, 7, [], {}, "x"], ids=json.dumps)
def test_a_field_of_a_wrong_type_is_left_out(
    sim: Simulation, devin: DevinV1, name: str, value: object
) -> None:
    """Servers grow: a field that is not what it was does not end the run."""
    if name != "session_id" or not isinstance(value, str):
        sim.devin.inject("GET", DETAILS, Answer(200, EXAMPLE | {name: value, "new_field": 1}))
        assert devin.get_session("devin-abc123def456").phase is Phase.AWAITING_USER


def test_an_id_without_its_prefix_is_the_same_session(sim: Simulation, devin: DevinV1) -> None:
    """Answers were seen with and without `devin-`."""
    bare = EXAMPLE | {"session_id": "abc123def456"}
    sim.devin.inject("GET", DETAILS, Answer(200, bare))
    assert devin.get_session("devin-abc123def456").session_id == "devin-abc123def456"


@pytest.mark.parametrize(
    ("status", "word", "remedy"),
    [
        (400, "not valid", "snapshot_id"),
        (401, "key", "devin_api_key"),
        (403, "key", "organisation"),
        (404, "no such", "devin_api_url"),
        (422, "field", "input"),
        (429, "too many", "Re-run"),
        (500, "inside Devin", "Re-run"),
        (503, "503", "Re-run"),
    ],
)
def test_a_refusal_has_a_sentence_and_a_remedy(
    sim: Simulation, devin: DevinV1, status: int, word: str, remedy: str
) -> None:
    """Each code says in words what it means, quotes Devin, and names the way out."""
    sim.devin.inject("POST", "/v1/sessions", Answer(status, {"detail": "Because."}))
    with pytest.raises(CallFailed) as caught:
        devin.create_session({"prompt": "p"})
    assert word in str(caught.value)
    assert "`Because.`" in str(caught.value)
    assert remedy in caught.value.remedy
