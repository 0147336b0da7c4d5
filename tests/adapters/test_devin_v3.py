"""The calls of API v3: what is sent, byte for byte, and what is read."""

from collections.abc import Iterator

import pytest

from entrypoint.adapters.devin_v3 import DevinV3
from entrypoint.adapters.http import Http
from entrypoint.adapters.organisation import Organisation
from entrypoint.core.documents import Json
from entrypoint.core.retry import Patience
from entrypoint.core.session import Phase
from entrypoint.core.text import Secret
from entrypoint.errors import CallFailed
from simulator import (
    DEFAULT_ORG,
    DEVIN_KEY_V3,
    Altered,
    Answer,
    Principal,
    Simulation,
    Step,
    Timeline,
)

EVERY_FIELD: dict[str, Json] = {
    "prompt": "Review ünïcode 🎉",
    "playbook_id": "playbook-1",
    "max_acu_limit": 10,
    "secret_ids": [],
    "knowledge_ids": ["k1", "k2"],
    "tags": ["review"],
    "title": "Security",
    "devin_mode": "lite",
    "repos": ["octo/shop"],
    "structured_output_schema": {"type": "object"},
    "structured_output_required": True,
}
ROOT = f"/v3/organizations/{DEFAULT_ORG}/sessions"
TAG = "devin-gate:0123"


@pytest.fixture
def sim() -> Iterator[Simulation]:
    """Give a Devin that has a key of v3."""
    with Simulation(devin_key=DEVIN_KEY_V3) as sim:
        yield sim


@pytest.fixture
def devin(sim: Simulation) -> Iterator[DevinV3]:
    """Give the adapter, which is told the organisation."""
    yield from open_devin(sim, DEFAULT_ORG)


def open_devin(sim: Simulation, org_id: str = "", key: str = DEVIN_KEY_V3) -> Iterator[DevinV3]:
    """Open the adapter for a key."""
    http = Http(sim.devin.url, Secret(key), user_agent="test/1", patience=Patience(2))
    yield DevinV3(http, Organisation(org_id))
    http.close()


def test_a_create_sends_exactly_its_body(sim: Simulation, devin: DevinV3) -> None:
    """Every field goes out as it is, and no other; v3 does not say whether it knew the request."""
    created = devin.create_session(EVERY_FIELD)
    [seen] = sim.devin.journal
    assert (seen.method, seen.path, seen.json) == ("POST", ROOT, EVERY_FIELD)
    assert created.session_id == sim.devin.sessions[0].session_id
    assert created.url == sim.devin.sessions[0].url
    assert created.is_new_session is None


def test_ids_without_their_prefix_get_it(sim: Simulation, devin: DevinV3) -> None:
    """Paths want `devin-`, whichever way the API writes an id."""
    sim.devin.bare_ids = True
    created = devin.create_session({"prompt": "p", "tags": [TAG]})
    assert created.session_id == sim.devin.sessions[0].session_id
    assert [one.session_id for one in devin.find_sessions(TAG)] == [created.session_id]
    assert devin.get_session(created.session_id).session_id == created.session_id


def test_the_organisation_is_asked_for_once(sim: Simulation) -> None:
    """Without `devin_org_id` the key says where it belongs."""
    for devin in open_devin(sim):
        created = devin.create_session({"prompt": "p"})
        devin.get_session(created.session_id)
    assert [seen.operation for seen in sim.devin.journal] == ["self", "create", "get", "messages"]


def test_a_key_of_an_enterprise_needs_the_organisation(sim: Simulation) -> None:
    """The error says which input is missing and where its value is found."""
    sim.devin.add_key("cog_everywhere", Principal("enterprise@example.com", org_id=None))
    for devin in open_devin(sim, key="cog_everywhere"):
        with pytest.raises(CallFailed, match="`devin_org_id` is empty") as caught:
            devin.find_sessions(TAG)
        assert "Settings, Organization" in caught.value.remedy
        assert caught.value.kind == "refused"
    for devin in open_devin(sim, DEFAULT_ORG, "cog_everywhere"):
        assert devin.find_sessions(TAG) == ()


@pytest.mark.parametrize("org_id", [None, 5, "", "../self"])
def test_an_odd_organisation_leads_nowhere(sim: Simulation, org_id: object) -> None:
    """What cannot stand in a path never becomes part of one."""
    sim.devin.inject("GET", "self", Answer(200, {"org_id": org_id}))
    for devin in open_devin(sim):
        with pytest.raises(CallFailed, match="devin_org_id"):
            devin.create_session({"prompt": "p"})
    assert sim.devin.sessions == []


def test_the_wrong_organisation_is_explained(sim: Simulation) -> None:
    """403 names the input, since a missing permission mostly means another organisation."""
    for devin in open_devin(sim, "org-another"):
        with pytest.raises(CallFailed, match="Missing required permission") as caught:
            devin.create_session({"prompt": "p"})
        assert "Where `devin_org_id` is set, the key is mostly of another" in caught.value.remedy
        assert "ManageOrgSessions" in caught.value.remedy


def test_an_invalid_request_is_told_field_by_field(devin: DevinV3) -> None:
    """RFC 9457's title, detail and errors all reach the person."""
    with pytest.raises(CallFailed) as caught:
        devin.create_session({"prompt": "p", "snapshot_id": "s"})
    for part in ("Request validation failed", "body.snapshot_id", "Extra inputs"):
        assert part in caught.value.detail


def test_all_pages_of_the_list_are_read(sim: Simulation, devin: DevinV3) -> None:
    """A session on the third page is found, and a stranger's on the first is left."""
    for number in range(5):
        sim.devin.add_session({"prompt": str(number), "tags": [TAG]})
    sim.devin.add_session({"prompt": "other", "tags": ["other"]})
    sim.devin.page_size = 2
    assert len(devin.find_sessions(TAG)) == 5
    assert [seen.query["tags"] for seen in sim.devin.journal] == [[TAG]] * 3


def test_a_list_whose_pages_never_end_is_an_error(sim: Simulation, devin: DevinV3) -> None:
    """A cursor that leads to itself is noticed at once."""
    odd = Answer(200, {"items": [], "has_next_page": True, "end_cursor": "same"})
    sim.devin.inject("GET", "list", odd, times=2)
    with pytest.raises(CallFailed, match="same page"):
        devin.find_sessions(TAG)


def test_messages_are_read_from_all_pages_and_only_the_last_anew(
    sim: Simulation, devin: DevinV3
) -> None:
    """The conversation is whole with each look; what was read on full pages is not asked again."""
    said = tuple(Step(float(number), message=f"m{number}") for number in range(1, 8))
    sim.devin.script(Timeline((Step(status_v3="running/working"), *said)))
    sim.devin.page_size = 3
    created = devin.create_session({"prompt": "p"})
    sim.clock.sleep(4.5)
    first = devin.get_session(created.session_id)
    assert [one.message for one in first.messages] == ["p", "m1", "m2", "m3", "m4"]
    sim.clock.sleep(10)
    before = len(sim.devin.journal)
    second = devin.get_session(created.session_id)
    assert [one.message for one in second.messages] == ["p", *(f"m{n}" for n in range(1, 8))]
    asked = [seen.operation for seen in sim.devin.journal[before:]]
    assert asked == ["get", "messages", "messages"]
    assert len({one.event_id for one in second.messages}) == 8


def test_a_message_wakes_a_session(sim: Simulation, devin: DevinV3) -> None:
    """v3 delivers to a session that sleeps."""
    sim.devin.script(Timeline((Step(status_v3="suspended/inactivity"),)))
    created = devin.create_session({"prompt": "p"})
    assert devin.get_session(created.session_id).phase is Phase.AWAITING_USER
    assert devin.send_message(created.session_id, "Go on.") is True
    assert devin.get_session(created.session_id).phase is Phase.WORKING
    assert [text for _, text in sim.devin.sessions[0].delivered] == ["Go on."]


def test_a_tag_is_added_to_those_that_are_there(sim: Simulation, devin: DevinV3) -> None:
    """v3 appends, so nothing that others have tagged is lost."""
    created = devin.create_session({"prompt": "p", "tags": ["a"]})
    sim.devin.sessions[0].tags.append("b")
    devin.add_tag(created.session_id, ("a",), "devin-gate:ended")
    assert sim.devin.sessions[0].tags == ["a", "b", "devin-gate:ended"]
    devin.terminate_session(created.session_id)
    assert sim.devin.terminations == [created.session_id]


def test_another_address_is_shown_as_it_is_given(sim: Simulation, devin: DevinV3) -> None:
    """On a dedicated host the session's own `url` counts, nothing that we make up."""
    url = "https://acme.devinenterprise.com/sessions/1"
    created = devin.create_session({"prompt": "p"})

    def move(answer: dict[str, object]) -> bytes:
        return b'{"session_id": "%s", "status": "new", "url": "%s"}' % (
            str(answer["session_id"]).encode(),
            url.encode(),
        )

    sim.devin.inject("GET", "get", Altered(move))
    assert devin.get_session(created.session_id).url == url
