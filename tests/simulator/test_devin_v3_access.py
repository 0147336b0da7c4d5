"""The simulated API v3: who may do what, what is listed, and how it refuses."""

import pytest
import requests

from simulator import DEFAULT_ORG, DEVIN_KEY, DEVIN_KEY_V3, Principal, Simulation
from simulator.account import MANAGE, USE, VIEW
from tests.simulator.client_v3 import ClientV3

CALLS = [
    ("POST", "", USE),
    ("GET", "", VIEW),
    ("GET", "/{id}", VIEW),
    ("GET", "/{id}/messages", VIEW),
    ("GET", "/{id}/tags", VIEW),
    ("POST", "/{id}/messages", USE),
    ("POST", "/{id}/tags", MANAGE),
    ("PUT", "/{id}/tags", MANAGE),
    ("POST", "/{id}/archive", MANAGE),
    ("DELETE", "/{id}", MANAGE),
]


def look(v3: Simulation, http: requests.Session, key: str) -> requests.Response:
    """Ask who the key is."""
    headers = {"Authorization": f"Bearer {key}"}
    return http.get(f"{v3.devin.url}/v3/self", headers=headers, timeout=5)


def test_a_key_can_ask_who_it_is(v3: Simulation, http: requests.Session) -> None:
    """A service user of one organisation, of all of them, and a person."""
    v3.devin.add_key("cog_wide", Principal("Wide", org_id=None))
    v3.devin.add_key("cog_person", Principal("p@example.com", kind="user"))
    own, wide, person = (look(v3, http, key).json() for key in (
        DEVIN_KEY_V3, "cog_wide", "cog_person"
    ))  # fmt: skip
    assert (own["principal_type"], own["org_id"]) == ("service_user", DEFAULT_ORG)
    assert (wide["service_user_name"], wide["org_id"], wide["user_id"]) == ("Wide", None, None)
    assert (person["principal_type"], person["service_user_id"]) == ("user", None)
    assert person["user_id"].startswith("user-")


@pytest.mark.parametrize(
    ("key", "status"), [("cog_unknown", 401), (DEVIN_KEY, 403), ("apk_any", 403), ("", 403)]
)
@pytest.mark.parametrize(("method", "path", "_"), CALLS)
def test_every_route_wants_a_key_of_v3(
    devin: ClientV3, key: str, status: int, method: str, path: str, _: str
) -> None:
    """A key of v1 is refused with 403 on every call, no key at all too."""
    path = path.format(id=devin.create()["session_id"])
    devin.key = key
    answer = devin.ask(method, path, json={})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["status"], set(answer.json()) >= {"title", "detail"}) == (status, True)


def test_no_key_at_all_may_give_401(v3: Simulation, devin: ClientV3) -> None:
    """By choice, since both were seen."""
    v3.devin.status_without_key, devin.key = 401, ""
    assert devin.ask("GET").status_code == 401


def test_a_key_of_v3_does_not_open_v1(v3: Simulation, http: requests.Session) -> None:
    """401, as for any key that v1 does not know."""
    headers = {"Authorization": f"Bearer {DEVIN_KEY_V3}"}
    answer = http.get(f"{v3.devin.url}/v1/sessions", headers=headers, timeout=5)
    assert answer.status_code == 401
    assert answer.json() == {"detail": "Missing or invalid Authorization header"}


@pytest.mark.parametrize(("method", "path", "needed"), CALLS)
def test_each_call_needs_its_permission(
    v3: Simulation, devin: ClientV3, method: str, path: str, needed: str
) -> None:
    """Viewing, using and managing are apart, and the refusal names what is missing."""
    path = path.format(id=devin.create()["session_id"])
    rest = frozenset({VIEW, USE, MANAGE}) - {needed}
    v3.devin.add_key("cog_less", Principal("Less", permissions=rest))
    devin.key = "cog_less"
    answer = devin.ask(method, path, json={})
    assert answer.status_code == 403
    assert answer.json()["detail"] == f"Missing required permission {needed} on {DEFAULT_ORG}"


def test_another_organisation_is_not_to_be_seen(v3: Simulation, devin: ClientV3) -> None:
    """Nor is it told whether there is one; whose key is enterprise-wide may enter all of them."""
    v3.devin.add_key("cog_other", Principal("Other", org_id="org-other"))
    v3.devin.add_key("cog_wide", Principal("Wide", org_id=None))
    session_id = devin.create()["session_id"]
    own = devin.base
    for org_id in ("org-other", "org-nowhere"):
        devin.base = own.replace(DEFAULT_ORG, org_id)
        answer = devin.ask("GET")
        assert answer.status_code == 403
        assert answer.json()["detail"] == f"Missing required permission {VIEW} on {org_id}"
    devin.key, devin.base = "cog_wide", own.replace(DEFAULT_ORG, "org-other")
    assert devin.create()["org_id"] == "org-other"
    assert devin.ask("GET", f"/{session_id}").status_code == 404
    assert len(devin.collect()) == 1
    devin.base = own.replace(DEFAULT_ORG, "org-nowhere")
    assert devin.ask("GET").status_code == 403


def test_what_is_not_there_is_a_problem(v3: Simulation, devin: ClientV3) -> None:
    """A session and a path; the latter is noted as unknown."""
    answer = devin.ask("GET", "/devin-nobody")
    assert (answer.status_code, answer.json()["detail"]) == (404, "Session not found")
    answer = devin.ask("GET", "/devin-nobody/insights")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")
    assert len(v3.devin.unknown_requests()) == 1


@pytest.mark.parametrize("data", [b"", b"[", b"[]", b"null"])
def test_a_body_that_is_no_object_is_invalid(
    v3: Simulation, http: requests.Session, data: bytes
) -> None:
    """422, with no field to name."""
    address = f"{v3.devin.url}/v3/organizations/{DEFAULT_ORG}/sessions"
    headers = {"Authorization": f"Bearer {DEVIN_KEY_V3}"}
    answer = http.post(address, data=data, headers=headers, timeout=5)
    assert answer.status_code == 422
    assert [one["loc"] for one in answer.json()["errors"]] == [["body"]]


def test_the_list_has_pages_that_stay_as_they_are(v3: Simulation, devin: ClientV3) -> None:
    """Newest first; what is made between two requests moves nothing, and is on no later page."""
    ids = [devin.create()["session_id"] for _ in range(5)]
    first = devin.ask("GET", query={"first": "2"}).json()
    assert [one["session_id"] for one in first["items"]] == ids[:2:-1]
    assert (first["has_next_page"], first["total"]) == (True, 5)
    devin.create()
    rest = devin.collect(first=2, after=first["end_cursor"])
    assert [one["session_id"] for one in rest] == ids[2::-1]
    v3.devin.page_size = 1
    assert [one["session_id"] for one in devin.collect()][1:] == ids[::-1]


@pytest.mark.parametrize(("mean", "found"), [("any", 3), ("all", 1)])
def test_several_tags_mean_any_or_all(
    v3: Simulation, devin: ClientV3, mean: str, found: int
) -> None:
    """The API does not say, so that a test can take either."""
    v3.devin.tags_mean = "all" if mean == "all" else "any"
    for tags in (["a"], ["b"], ["a", "b"], []):
        devin.create(tags=tags)
    assert len(devin.collect(tags=["a", "b"])) == found
    assert len(devin.collect(tags="a")) == 2


def test_the_list_finds_by_id_and_by_time(v3: Simulation, devin: ClientV3) -> None:
    """With the prefix or without; after a second means later than it."""
    early = devin.create()
    v3.clock.sleep(10)
    late = devin.create()
    bare = str(early["session_id"]).removeprefix("devin-")
    assert [one["session_id"] for one in devin.collect(session_ids=[bare])] == [early["session_id"]]
    since = devin.collect(created_after=early["created_at"])
    assert [one["session_id"] for one in since] == [late["session_id"]]


def test_the_list_may_lag(v3: Simulation, devin: ClientV3) -> None:
    """A session can be read before it stands in the list."""
    v3.devin.list_lag_s = 10
    session_id = devin.create()["session_id"]
    assert devin.collect() == []
    assert devin.get(session_id)["session_id"] == session_id
    v3.clock.sleep(10)
    assert len(devin.collect()) == 1


@pytest.mark.parametrize(
    "query",
    [{"first": "0"}, {"first": "201"}, {"first": "x"}, {"after": "x"}, {"after": "eA=="}],
)
def test_a_page_that_cannot_be_is_refused(devin: ClientV3, query: dict[str, str]) -> None:
    """422 names the parameter."""
    answer = devin.ask("GET", query=query)
    assert answer.status_code == 422
    assert [one["loc"] for one in answer.json()["errors"]] == [["query", *query]]
