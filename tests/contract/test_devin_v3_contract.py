"""Every answer of the simulated Devin is one that the Devin API v3 describes."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import cast

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError

from simulator import DEFAULT_ORG, DEVIN_KEY, DEVIN_KEY_V3, Simulation, Step, Timeline
from simulator.devin_checks import CREATE_FIELDS_V3, find_problems
from tests.contract.description import Description, Json

V3 = Description("devin_v3_openapi.yaml")
SELF = "/v3/self"
SESSIONS = "/v3/organizations/{org_id}/sessions"
SESSION = f"{SESSIONS}/{{devin_id}}"
TAGS = {"tags": ["t"]}
CALLS = [
    ("GET", SELF, None),
    ("POST", SESSIONS, {"prompt": "p"}),
    ("GET", SESSIONS, None),
    ("GET", SESSION, None),
    ("POST", f"{SESSION}/messages", {"message": "m"}),
    ("GET", f"{SESSION}/messages", None),
    ("GET", f"{SESSION}/tags", None),
    ("POST", f"{SESSION}/tags", TAGS),
    ("PUT", f"{SESSION}/tags", TAGS),
    ("POST", f"{SESSION}/archive", None),
    ("DELETE", SESSION, None),
]
WORDS = V3.dig("components", "schemas", "SessionResponse", "properties")
RUNNING = ("working", "waiting_for_user", "waiting_for_approval", "finished")


class Asker:
    """Sends requests by the description's paths and holds each answer against it."""

    def __init__(self, sim: Simulation, http: requests.Session) -> None:
        """Ask this simulation, about its first session."""
        self.sim = sim
        self.http = http
        self.devin_id = sim.devin.add_session({"prompt": "p"}).session_id

    def ask(self, method: str, path: str, code: int = 200, body: object = None) -> Json:
        """Send one request, check the answer and return it."""
        where = path.format(org_id=DEFAULT_ORG, devin_id=self.devin_id)
        address = self.sim.devin.url + where
        answer = self.http.request(method, address, json=body, timeout=5)
        assert answer.status_code == code, answer.text
        described = V3.dig("paths", path, method.lower(), "responses", str(code), "content")
        [content_type] = described
        assert answer.headers["Content-Type"].startswith(content_type)
        V3.check(answer.json(), cast("Json", described[content_type])["schema"])
        return dict(answer.json())


@pytest.fixture
def asker() -> Iterator[Asker]:
    """Give an asker with a key, who asks for known routes only."""
    with Simulation(devin_key=DEVIN_KEY_V3) as simulation, requests.Session() as session:
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {DEVIN_KEY_V3}"
        yield Asker(simulation, session)
        assert simulation.leftovers() == []


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_every_call_answers_as_described(
    asker: Asker, method: str, path: str, body: object
) -> None:
    """With the described status, type and fields."""
    assert asker.ask(method, path, 200, body)


def test_every_described_call_is_asked() -> None:
    """And no other one."""
    paths = cast("dict[str, Json]", V3.dig("paths"))
    described = {(method.upper(), path) for path, part in paths.items() for method in part}
    assert {(method, path) for method, path, _ in CALLS} == described


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "blocked"},
        {"status_detail": "asleep"},
        {"created_at": "2026-01-05T09:00:00Z"},
        {"pull_requests": [{"url": "x"}]},
        {"messages": []},
        {"status_enum": "working"},
        {"tags": None},
    ],
)
def test_the_description_refuses_what_the_api_never_sends(asker: Asker, wrong: Json) -> None:
    """The schema is no open gate: words, types and unknown fields count."""
    good = asker.ask("GET", SESSION)
    with pytest.raises(ValidationError):
        V3.check({**good, **wrong}, V3.dig("components", "schemas", "SessionResponse"))


@pytest.mark.parametrize("status", cast("list[str]", cast("Json", WORDS["status"])["enum"]))
def test_every_status_is_shown_as_described(asker: Asker, status: str) -> None:
    """All seven, in the details and in the list."""
    asker.sim.devin.script(Timeline((Step(status_v3=status),)))
    asker.devin_id = asker.sim.devin.add_session({"prompt": "p"}).session_id
    assert asker.ask("GET", SESSION)["status"] == status
    [newest, _] = cast("list[Json]", asker.ask("GET", SESSIONS)["items"])
    assert (newest["status"], newest["status_detail"]) == (status, None)


@pytest.mark.parametrize(
    "detail", cast("list[str]", cast("Json", WORDS["status_detail"])["enum"])[:-1]
)
def test_every_detail_is_shown_as_described(asker: Asker, detail: str) -> None:
    """Four while it runs, the others while it is suspended."""
    status = "running" if detail in RUNNING else "suspended"
    asker.sim.devin.script(Timeline((Step(status_v3=f"{status}/{detail}"),)))
    asker.devin_id = asker.sim.devin.add_session({"prompt": "p"}).session_id
    read = asker.ask("GET", SESSION)
    assert (read["status"], read["status_detail"]) == (status, detail)


def test_a_full_session_is_as_described(asker: Asker) -> None:
    """With an output, pull requests, ACUs, a title, messages, and put away."""
    step = Step(
        status_enum="blocked",
        structured_output={"risk": "low"},
        pull_requests=[{"pr_url": "https://github.com/o/r/pull/1", "pr_state": None}],
        acus_consumed=2.5,
        title="T",
        message="done",
    )
    asker.sim.devin.script(Timeline((step,)))
    asker.devin_id = asker.sim.devin.add_session({"prompt": "p", "tags": ["t"]}).session_id
    asker.sim.clock.sleep(60)
    read = asker.ask("GET", SESSION)
    assert (read["structured_output"], read["acus_consumed"]) == ({"risk": "low"}, 2.5)
    assert len(cast("list[Json]", asker.ask("GET", f"{SESSION}/messages")["items"])) == 2
    assert asker.ask("DELETE", f"{SESSION}")["status"] == "exit"


def test_pages_are_as_described(asker: Asker) -> None:
    """One with a next one, and the last one."""
    asker.sim.devin.add_session({"prompt": "p"})
    asker.sim.devin.page_size = 1
    first = asker.ask("GET", SESSIONS)
    assert (first["has_next_page"], first["total"]) == (True, 2)
    asker.sim.devin.page_size = 2
    assert asker.ask("GET", SESSIONS)["end_cursor"] is None


@pytest.mark.parametrize(("key", "code"), [("cog_unknown", 401), (DEVIN_KEY, 403)])
@pytest.mark.parametrize(("method", "path"), [("GET", SELF), ("POST", SESSIONS), ("GET", SESSIONS)])
def test_a_refusal_is_as_described(
    asker: Asker, key: str, code: int, method: str, path: str
) -> None:
    """A problem with its status and the status' own title."""
    asker.http.headers["Authorization"] = f"Bearer {key}"
    problem = asker.ask(method, path, code, {})
    assert (problem["status"], problem["title"]) == (code, HTTPStatus(code).phrase)


@pytest.mark.parametrize(("method", "path", "body"), [call for call in CALLS if SESSION in call[1]])
def test_no_session_is_as_described(asker: Asker, method: str, path: str, body: object) -> None:
    """404 on every call about one."""
    asker.devin_id = "devin-nobody"
    assert asker.ask(method, path, 404, body)["detail"] == "Session not found"


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", SESSIONS), ("POST", f"{SESSION}/messages"), ("PUT", f"{SESSION}/tags")],
)
def test_an_invalid_body_is_as_described(asker: Asker, method: str, path: str) -> None:
    """422 with the errors."""
    assert asker.ask(method, path, 422, {"wrong": 1})["errors"]


def test_the_simulator_knows_every_described_field() -> None:
    """Nothing more can be sent, and nothing less."""
    described = V3.dig("components", "schemas", "SessionCreateRequest", "properties")
    assert set(CREATE_FIELDS_V3) == set(described)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from(["", "a", "fast"]),
    st.lists(st.sampled_from(["a", "b", 1]), max_size=3),
    st.just({"type": "object"}),
)
BODIES = st.dictionaries(st.sampled_from(sorted(CREATE_FIELDS_V3)), VALUES)


@settings(derandomize=True, database=None, deadline=None)
@given(BODIES)
def test_the_simulator_judges_bodies_as_the_description_does(body: Json) -> None:
    """What the schema refuses is refused; what it takes is taken, save an ACU limit below 1."""
    try:
        V3.check(body, V3.dig("components", "schemas", "SessionCreateRequest"))
        described = True
    except ValidationError:
        described = False
    limit = body.get("max_acu_limit")
    too_low = isinstance(limit, int) and limit < 1
    assert (not find_problems(body, CREATE_FIELDS_V3)) is (described and not too_low)
