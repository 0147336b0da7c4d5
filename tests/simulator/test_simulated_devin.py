"""The simulated Devin has state: sessions, idempotency, messages, tags, termination."""

import pytest
import requests

from simulator import DEVIN_KEY, Simulation, Step, Timeline
from simulator.sessions_v1 import details_v1

Json = dict[str, object]


def create(sim: Simulation, http: requests.Session, **body: object) -> Json:
    """Create a session and return the answer."""
    answer = http.post(f"{sim.devin.url}/v1/sessions", json={"prompt": "p", **body}, timeout=5)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def get(sim: Simulation, http: requests.Session, session_id: object) -> Json:
    """Read a session's details."""
    answer = http.get(f"{sim.devin.url}/v1/sessions/{session_id}", timeout=5)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def send(sim: Simulation, http: requests.Session, session_id: object) -> requests.Response:
    """Send the session a message."""
    address = f"{sim.devin.url}/v1/sessions/{session_id}/message"
    return http.post(address, json={"message": "again, please"}, timeout=5)


def test_a_session_follows_its_timeline(sim: Simulation, http: requests.Session) -> None:
    """What is read depends on the clock alone, and creation is second zero."""
    sim.clock.sleep(1000)
    sim.devin.script(Timeline((Step(5, status_enum="working"), Step(60.5, title="done"))))
    session_id = create(sim, http, title="given")["session_id"]
    before = get(sim, http, session_id)
    sim.clock.sleep(60.5)
    after = get(sim, http, session_id)
    assert (before["status_enum"], before["title"]) == (None, "given")
    assert (after["status_enum"], after["title"]) == ("working", "done")
    assert after["created_at"] == "2026-01-05T09:16:40.000000+00:00"
    assert after["updated_at"] == "2026-01-05T09:17:40.500000+00:00"
    assert get(sim, http, session_id) == after


def test_timelines_are_taken_in_turn_and_the_last_repeats(
    sim: Simulation, http: requests.Session
) -> None:
    """The order of creation decides."""
    sim.devin.script(*(Timeline((Step(status_enum=word),)) for word in ("working", "blocked")))
    ids = [create(sim, http)["session_id"] for _ in range(3)]
    seen = [get(sim, http, session_id)["status_enum"] for session_id in ids]
    assert seen == ["working", "blocked", "blocked"]


def test_ids_are_the_same_in_every_run(sim: Simulation, http: requests.Session) -> None:
    """`devin-` and 32 hex digits; the web address drops the prefix."""
    made = create(sim, http)
    assert made == {
        "session_id": "devin-ee0c2bfeabca2716b92d5f4845656335",
        "url": "https://app.devin.ai/sessions/ee0c2bfeabca2716b92d5f4845656335",
    }


def test_the_same_idempotent_request_finds_its_session(
    sim: Simulation, http: requests.Session
) -> None:
    """`is_new_session` tells the first from the others."""
    first, second = (create(sim, http, idempotent=True) for _ in range(2))
    assert (first["is_new_session"], second["is_new_session"]) == (True, False)
    assert first["session_id"] == second["session_id"]
    assert len(sim.devin.sessions) == 1


def test_identity_is_the_whole_request_and_its_owner(
    sim: Simulation, http: requests.Session
) -> None:
    """Another field, another user, or no idempotency: another session."""
    create(sim, http, idempotent=True)
    create(sim, http, idempotent=True, title="other")
    create(sim, http)
    create(sim, http)
    sim.devin.add_key("apk_user_other", "other@example.com")
    http.headers["Authorization"] = "Bearer apk_user_other"
    assert create(sim, http, idempotent=True)["is_new_session"] is True
    assert len(sim.devin.sessions) == 5


@pytest.mark.parametrize(("finds", "sessions"), [(True, 1), (False, 2)])
def test_whether_idempotency_finds_the_terminated_is_a_switch(
    sim: Simulation, http: requests.Session, *, finds: bool, sessions: int
) -> None:
    """The API does not say, so that a test can take either."""
    sim.devin.idempotent_finds_terminated = finds
    session_id = create(sim, http, idempotent=True)["session_id"]
    http.delete(f"{sim.devin.url}/v1/sessions/{session_id}", timeout=5)
    create(sim, http, idempotent=True)
    assert len(sim.devin.sessions) == sessions


@pytest.mark.parametrize("header", ["", "Bearer wrong", f"Basic {DEVIN_KEY}", DEVIN_KEY])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("GET", ""),
        ("GET", "/x"),
        ("DELETE", "/x"),
        ("POST", "/x/message"),
        ("PUT", "/x/tags"),
    ],
)
def test_every_route_wants_the_key(
    sim: Simulation, http: requests.Session, header: str, method: str, path: str
) -> None:
    """401 in the API's own words."""
    http.headers["Authorization"] = header
    answer = http.request(method, f"{sim.devin.url}/v1/sessions{path}", json={}, timeout=5)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Missing or invalid Authorization header"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"prompt": 1}, "prompt"),
        ({"max_acu_limit": 0}, "max_acu_limit"),
        ({"max_acu_limit": True}, "max_acu_limit"),
        ({"max_acu_limit": 1.5}, "max_acu_limit"),
        ({"tags": ["t"] * 51}, "tags"),
        ({"tags": "t"}, "tags"),
        ({"secret_ids": [1]}, "secret_ids"),
        ({"knowledge_ids": "none"}, "knowledge_ids"),
        ({"unlisted": "true"}, "unlisted"),
        ({"idempotent": 1}, "idempotent"),
        ({"snapshot_id": 1}, "snapshot_id"),
        ({"session_secrets": [{"key": "k"}]}, "session_secrets"),
        ({"structured_output_schema": {"$ref": "https://x/"}}, "structured_output_schema"),
        ({"structured_output_schema": {"title": "t" * 65536}}, "structured_output_schema"),
        ({"structured_output_schema": "{}"}, "structured_output_schema"),
        ({"promt": "x"}, "promt"),
    ],
)
def test_a_wrong_field_is_named(
    sim: Simulation, http: requests.Session, body: Json, field: str
) -> None:
    """422 with one entry, and no session."""
    whole = body if "prompt" in body or not body else {"prompt": "p", **body}
    answer = http.post(f"{sim.devin.url}/v1/sessions", json=whole, timeout=5)
    assert answer.status_code == 422
    assert [entry["loc"] for entry in answer.json()["detail"]] == [["body", field]]
    assert sim.devin.sessions == []


def test_all_fields_are_taken_as_null_or_as_value(sim: Simulation, http: requests.Session) -> None:
    """Null is as good as absent for every field but the prompt; empty lists are values."""
    nullable: Json = dict.fromkeys(
        ("snapshot_id", "unlisted", "max_acu_limit", "secret_ids", "knowledge_ids", "tags", "title")
    )
    create(sim, http, **nullable)
    create(
        sim,
        http,
        snapshot_id="s",
        playbook_id="p",
        unlisted=True,
        max_acu_limit=1,
        secret_ids=[],
        knowledge_ids=["k"],
        tags=["t"] * 50,
        session_secrets=[{"key": "k", "value": "v", "sensitive": True}],
        structured_output_schema={"type": "object", "properties": {"a": {"$ref": "#/x"}}},
    )
    details = details_v1(sim.devin.sessions[1], 0)
    assert (details["snapshot_id"], details["playbook_id"]) == ("s", "p")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff"])
def test_a_body_that_is_no_object_is_a_bad_request(
    sim: Simulation, http: requests.Session, body: bytes
) -> None:
    """400 in the API's own words."""
    answer = http.post(f"{sim.devin.url}/v1/sessions", data=body, timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid input or request"})


def test_an_old_server_refuses_the_schema_by_name(sim: Simulation, http: requests.Session) -> None:
    """The caller can see which field to leave out."""
    sim.devin.unknown_fields = {"structured_output_schema"}
    body = {"prompt": "p", "structured_output_schema": {"type": "object"}}
    answer = http.post(f"{sim.devin.url}/v1/sessions", json=body, timeout=5)
    assert answer.status_code == 422
    assert "structured_output_schema" in answer.text


def test_a_session_that_is_not_there_is_not_found(sim: Simulation, http: requests.Session) -> None:
    """Ids want their prefix."""
    bare = str(create(sim, http)["session_id"]).removeprefix("devin-")
    answer = http.get(f"{sim.devin.url}/v1/sessions/{bare}", timeout=5)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Session not found"})


def test_a_message_is_delivered_and_answered(sim: Simulation, http: requests.Session) -> None:
    """It stands among the messages, moves `updated_at`, and starts the reaction."""
    reaction = (Step(1, status_enum="working"), Step(9, status_enum="blocked", message="better"))
    sim.devin.script(Timeline((Step(5, status_enum="blocked", message="done"),), (reaction,)))
    session_id = create(sim, http)["session_id"]
    sim.clock.sleep(5)
    answer = send(sim, http, session_id)
    assert (answer.status_code, answer.json()) == (200, None)
    now = get(sim, http, session_id)
    assert (now["status_enum"], now["updated_at"]) == (
        "blocked",
        "2026-01-05T09:00:05.000000+00:00",
    )
    sim.clock.sleep(9)
    details = details_v1(sim.devin.sessions[0], sim.clock.monotonic_s())
    messages = details["messages"]
    assert isinstance(messages, list)
    assert [(said["type"], said["message"]) for said in messages] == [
        ("initial_user_message", "p"),
        ("devin_message", "done"),
        ("user_message", "again, please"),
        ("devin_message", "better"),
    ]
    assert len({said["event_id"] for said in messages}) == 4


def test_a_suspended_session_gets_no_message(sim: Simulation, http: requests.Session) -> None:
    """200 with a detail means: not delivered."""
    sim.devin.script(Timeline((Step(status_enum="suspend_requested"),)))
    session_id = create(sim, http)["session_id"]
    answer = send(sim, http, session_id)
    assert answer.status_code == 200
    assert "not delivered" in answer.json()["detail"]
    assert sim.devin.sessions[0].delivered == []


def test_termination_cannot_be_undone(sim: Simulation, http: requests.Session) -> None:
    """Every call is counted; time goes on without the session."""
    sim.devin.script(Timeline((Step(10, status_enum="working"), Step(20, title="never"))))
    session_id = create(sim, http)["session_id"]
    sim.clock.sleep(12)
    for _ in range(2):
        answer = http.delete(f"{sim.devin.url}/v1/sessions/{session_id}", timeout=5)
        assert answer.json() == {"detail": "Session terminated"}
    sim.clock.sleep(100)
    details = get(sim, http, session_id)
    assert (details["status"], details["title"]) == ("stopped", "p")
    assert details["updated_at"] == "2026-01-05T09:00:12.000000+00:00"
    assert sim.devin.terminations == [session_id] * 2
    assert send(sim, http, session_id).status_code == 400


def test_tags_are_replaced(sim: Simulation, http: requests.Session) -> None:
    """What was there before is gone; more than 50 are refused."""
    session_id = create(sim, http, tags=["old"])["session_id"]
    address = f"{sim.devin.url}/v1/sessions/{session_id}/tags"
    assert "detail" in http.put(address, json={"tags": ["new", "other"]}, timeout=5).json()
    assert get(sim, http, session_id)["tags"] == ["new", "other"]
    assert http.put(address, json={"tags": ["t"] * 51}, timeout=5).status_code == 422
    assert http.put(address, json={}, timeout=5).status_code == 422


def test_the_list_may_lag(sim: Simulation, http: requests.Session) -> None:
    """A session can be read before it stands in the list."""
    sim.devin.list_lag_s = 10
    session_id = create(sim, http)["session_id"]
    address = f"{sim.devin.url}/v1/sessions"
    assert http.get(address, timeout=5).json() == {"sessions": []}
    assert get(sim, http, session_id)["session_id"] == session_id
    sim.clock.sleep(10)
    assert len(http.get(address, timeout=5).json()["sessions"]) == 1


def test_an_archived_session_says_so(sim: Simulation, http: requests.Session) -> None:
    """And one that is not has no such field."""
    session_id = create(sim, http)["session_id"]
    assert "is_archived" not in get(sim, http, session_id)
    sim.devin.sessions[0].archived = True
    assert get(sim, http, session_id)["is_archived"] is True


def test_the_list_pages_and_filters(sim: Simulation, http: requests.Session) -> None:
    """Newest first; any of the tags; every session once over all pages."""
    ids = [create(sim, http, tags=[f"t{n % 2}", f"n{n}"])["session_id"] for n in range(7)]
    address = f"{sim.devin.url}/v1/sessions"

    def find(**query: object) -> list[object]:
        answer = http.get(address, params=query, timeout=5)  # type: ignore[arg-type] # any text
        return [session["session_id"] for session in answer.json()["sessions"]]

    assert find() == ids[::-1]
    assert find(limit=3) + find(limit=3, offset=3) + find(limit=3, offset=6) == ids[::-1]
    assert find(tags="t1") == [ids[5], ids[3], ids[1]]
    assert find(tags=["n0", "n6"]) == [ids[6], ids[0]]
    assert find(user_email="nobody@example.com") == []
    assert "messages" not in http.get(address, timeout=5).json()["sessions"][0]
    for query in ("limit=0", "limit=x", "offset=-1"):
        assert http.get(f"{address}?{query}", timeout=5).status_code == 422
