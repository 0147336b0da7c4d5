"""Every answer of the simulated Devin is one that the Devin API v1 describes."""

import re
from collections.abc import Iterator
from typing import cast

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError

from simulator import DEVIN_KEY, Answer, Simulation, Step, Timeline
from simulator.devin_checks import CREATE_FIELDS, find_problems
from tests.contract.description import Description, Json

V1 = Description("devin_v1_openapi.yaml")
SESSIONS = "/v1/sessions"
SESSION = "/v1/sessions/{session_id}"
STATUS_ENUMS = (
    "working",
    "blocked",
    "expired",
    "finished",
    "suspend_requested",
    "suspend_requested_frontend",
    "resume_requested",
    "resume_requested_frontend",
    "resumed",
    None,
)
NEWER_FIELDS = {"playbook_id", "session_secrets", "structured_output_schema"}


def content(path: str, method: str, code: int) -> Json:
    """Return schema and example of one answer."""
    return V1.dig("paths", path, method, "responses", str(code), "content", "application/json")


def check_answer(answer: requests.Response, path: str, method: str) -> None:
    """Check an answer against what the route's description has for its status."""
    assert answer.headers["Content-Type"].startswith("application/json")
    V1.check(answer.json(), content(path, method, answer.status_code)["schema"])


@pytest.fixture
def sim() -> Iterator[Simulation]:
    """Serve a Devin that is asked for known routes only."""
    with Simulation() as simulation:
        yield simulation
        assert simulation.leftovers() == []


@pytest.fixture
def http() -> Iterator[requests.Session]:
    """Give a client that carries Devin's key."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {DEVIN_KEY}"
        yield session


@pytest.mark.parametrize(
    ("path", "method", "code"),
    [
        (SESSIONS, "post", 200),
        (SESSIONS, "post", 400),
        (SESSIONS, "post", 401),
        (SESSIONS, "post", 500),
        (SESSION, "get", 200),
    ],
)
def test_the_descriptions_own_examples_are_valid(path: str, method: str, code: int) -> None:
    """The transcription takes what the documentation shows."""
    part = content(path, method, code)
    V1.check(part["example"], part["schema"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "running"},
        {"status_enum": "stopped"},
        {"created_at": "yesterday"},
        {"messages": [{"type": "devin_message"}]},
        {"pull_request": {}},
        {"url": "https://app.devin.ai/sessions/x"},
        {"acus_consumed": 1},
    ],
)
def test_the_description_refuses_what_the_api_never_sends(wrong: Json) -> None:
    """The schema is no open gate: required fields, words, formats and unknown fields count."""
    part = content(SESSION, "get", 200)
    example = cast("Json", part["example"])
    value = wrong if set(wrong) == {"status"} else {**example, **wrong}
    with pytest.raises(ValidationError):
        V1.check(value, part["schema"])


def test_the_example_answer_can_be_produced(sim: Simulation, http: requests.Session) -> None:
    """All fields of the documented answer come out, save the ids and the year."""
    example = cast("Json", content(SESSION, "get", 200)["example"])
    sim.devin.script(
        Timeline(
            (
                Step(status="running", status_enum="working"),
                Step(15.123456, message=say(example, 1)),
                Step(
                    330.123456,
                    status_enum="blocked",
                    structured_output=example["structured_output"],
                    pull_request_url=cast("dict[str, str]", example["pull_request"])["url"],
                    message=say(example, 3),
                ),
            )
        )
    )
    body = {"prompt": say(example, 0), "title": example["title"], "tags": example["tags"]}
    session_id = http.post(sim.devin.url + SESSIONS, json=body, timeout=5).json()["session_id"]
    sim.clock.sleep(225.987654)
    message = {"message": say(example, 2)}
    http.post(f"{sim.devin.url}{SESSIONS}/{session_id}/message", json=message, timeout=5)
    sim.clock.sleep(200)
    answer = http.get(f"{sim.devin.url}{SESSIONS}/{session_id}", timeout=5)
    check_answer(answer, SESSION, "get")
    assert list(answer.json()) == list(example)
    assert without_ids(answer.json()) == without_ids(example)


def say(example: Json, number: int) -> str:
    """Return the text of one message of the example."""
    return cast("list[dict[str, str]]", example["messages"])[number]["message"]


def without_ids(value: object) -> object:
    """Replace ids, and move the example's first of January 2024 to the simulation's start."""
    text = re.sub(r"devin-[0-9a-f]+", "devin-ID", str(value))
    text = re.sub(r"event-[0-9a-f]{6}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "event-ID", text)
    return text.replace("2024-01-01T00:", "2026-01-05T09:")


@pytest.mark.parametrize("word", STATUS_ENUMS)
def test_every_status_is_shown_as_described(
    sim: Simulation, http: requests.Session, word: str | None
) -> None:
    """All nine words and null, in the details and in the list."""
    sim.devin.script(Timeline((Step(status_enum=word),)))
    session_id = sim.devin.add_session({"prompt": "p"}).session_id
    answer = http.get(f"{sim.devin.url}{SESSIONS}/{session_id}", timeout=5)
    check_answer(answer, SESSION, "get")
    assert answer.json()["status_enum"] == word
    listed = http.get(sim.devin.url + SESSIONS, timeout=5).json()["sessions"]
    V1.check(listed, {"type": "array", "items": content(SESSION, "get", 200)["schema"]})


@pytest.mark.parametrize(
    "output", [None, {}, [], "text", 0, False, {"structured_output": {"a": None}}]
)
def test_any_json_may_be_the_output(
    sim: Simulation, http: requests.Session, output: object
) -> None:
    """The description leaves it open, and so does the simulator."""
    sim.devin.script(Timeline((Step(structured_output=output),)))
    session_id = sim.devin.add_session({"prompt": "p"}).session_id
    answer = http.get(f"{sim.devin.url}{SESSIONS}/{session_id}", timeout=5)
    check_answer(answer, SESSION, "get")
    assert answer.json()["structured_output"] == output


@pytest.mark.parametrize("idempotent", [True, False, None])
def test_a_create_answers_as_described(
    sim: Simulation, http: requests.Session, *, idempotent: bool | None
) -> None:
    """`is_new_session` is there only with `idempotent: true`."""
    body = {"prompt": "p", "idempotent": idempotent}
    answer = http.post(sim.devin.url + SESSIONS, json=body, timeout=5)
    check_answer(answer, SESSIONS, "post")
    assert ("is_new_session" in answer.json()) is (idempotent is True)


@pytest.mark.parametrize(
    ("body", "key", "code"),
    [(b"[", DEVIN_KEY, 400), (b"{}", "wrong", 401), (b"{}", DEVIN_KEY, 422)],
)
def test_a_refusal_is_as_described(
    sim: Simulation, http: requests.Session, body: bytes, key: str, code: int
) -> None:
    """400 and 401 carry the documented words, 422 the list of errors."""
    http.headers["Authorization"] = f"Bearer {key}"
    answer = http.post(sim.devin.url + SESSIONS, data=body, timeout=5)
    assert answer.status_code == code
    check_answer(answer, SESSIONS, "post")
    assert answer.json() == content(SESSIONS, "post", code).get("example", answer.json())


def test_a_failure_can_be_injected_as_described(sim: Simulation, http: requests.Session) -> None:
    """500 with the documented body."""
    example = content(SESSIONS, "post", 500)["example"]
    sim.devin.inject("POST", SESSIONS, Answer(500, example))
    answer = http.post(sim.devin.url + SESSIONS, json={"prompt": "p"}, timeout=5)
    check_answer(answer, SESSIONS, "post")
    assert answer.json() == example


def test_the_simulator_knows_every_described_field_and_the_newer_ones() -> None:
    """Nothing more can be sent, and nothing less."""
    described = set(V1.dig("components", "schemas", "CreateSessionRequest", "properties"))
    assert set(CREATE_FIELDS) == described | NEWER_FIELDS


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from(["", "a"]),
    st.lists(st.sampled_from(["a", "b", 1]), max_size=3),
)
BODIES = st.dictionaries(st.sampled_from(sorted(set(CREATE_FIELDS) - NEWER_FIELDS)), VALUES)


@settings(derandomize=True, database=None, deadline=None)
@given(BODIES)
def test_the_simulator_judges_bodies_as_the_description_does(body: Json) -> None:
    """What the schema refuses is refused; what it takes is taken, save an ACU limit below 1."""
    try:
        V1.check(body, V1.dig("components", "schemas", "CreateSessionRequest"))
        described = True
    except ValidationError:
        described = False
    limit = body.get("max_acu_limit")
    too_low = isinstance(limit, int) and limit < 1
    assert (not find_problems(body, CREATE_FIELDS)) is (described and not too_low)
