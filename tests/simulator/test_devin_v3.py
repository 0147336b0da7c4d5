"""The simulated Devin as the API v3 shows it: organisation, keys, sessions, pages, messages."""

from collections.abc import Iterator

import pytest
import requests

from simulator import DEFAULT_ORG, DEVIN_KEY_V3, Simulation, Step, Timeline

Json = dict[str, object]


@pytest.fixture
def sim() -> Iterator[Simulation]:
    """Serve a Devin whose key is one of v3."""
    with Simulation(devin_key=DEVIN_KEY_V3) as simulation:
        yield simulation
        assert simulation.leftovers() == []


class Client:
    """Asks for the sessions of one organisation."""

    def __init__(self, sim: Simulation, http: requests.Session) -> None:
        """Ask this simulation."""
        self._http = http
        self.key = sim.devin_key
        self.base = f"{sim.devin.url}/v3/organizations/{DEFAULT_ORG}/sessions"

    def ask(
        self, method: str, path: str = "", json: object = None, query: object = None
    ) -> requests.Response:
        """Send one request; the path is what follows the address of the sessions."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {"Authorization": ""}
        params = query if isinstance(query, dict) else {}
        return self._http.request(
            method, self.base + path, json=json, params=params, headers=headers, timeout=5
        )

    def create(self, **body: object) -> Json:
        """Create a session and return the answer."""
        answer = self.ask("POST", json={"prompt": "p", **body})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def get(self, session_id: object) -> Json:
        """Read a session."""
        answer = self.ask("GET", f"/{session_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def collect(self, path: str = "", **query: object) -> list[Json]:
        """Return the items of all pages."""
        items: list[Json] = []
        while True:
            page = self.ask("GET", path, query=query).json()
            items += page["items"]
            assert (page["end_cursor"] is not None) is page["has_next_page"]
            if not page["has_next_page"]:
                return items
            query["after"] = page["end_cursor"]


@pytest.fixture
def devin(sim: Simulation, http: requests.Session) -> Client:
    """Give a client with the simulation's key."""
    return Client(sim, http)


def test_a_create_tells_neither_output_nor_detail(sim: Simulation, devin: Client) -> None:
    """Even where the session has both from its first second on."""
    sim.devin.script(Timeline((Step(status_enum="blocked", structured_output={"a": 1}),)))
    made = devin.create(tags=["t"], title="T")
    assert not {"structured_output", "status_detail", "messages"} & set(made)
    assert (made["tags"], made["title"], made["org_id"]) == (["t"], "T", DEFAULT_ORG)
    assert made["url"] == sim.devin.sessions[0].url
    read = devin.get(made["session_id"])
    assert (read["structured_output"], read["status_detail"]) == ({"a": 1}, "waiting_for_user")


def test_two_equal_creates_make_two_sessions(sim: Simulation, devin: Client) -> None:
    """There is no idempotency, and no field to ask for it."""
    first, second = devin.create(), devin.create()
    assert first["session_id"] != second["session_id"]
    assert len(sim.devin.sessions) == 2
    answer = devin.ask("POST", json={"prompt": "p", "idempotent": True})
    assert answer.status_code == 422
