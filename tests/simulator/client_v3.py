"""A client of the API v3 that hides nothing: it sends what it is told and returns the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator import DEFAULT_ORG

if TYPE_CHECKING:
    import requests

    from simulator import Simulation

Json = dict[str, object]


class ClientV3:
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
