"""One Devin, two versions of its API: the same sessions, each in its own words."""

import pytest
import requests

from simulator import DEVIN_KEY, DEVIN_KEY_V3, Answer, Simulation, Step, Timeline
from simulator.sessions_v1 import details_v1
from simulator.sessions_v3 import session_v3
from tests.simulator.client_v3 import ClientV3

LIMITS = (
    "inactivity",
    "user_request",
    "usage_limit_exceeded",
    "out_of_credits",
    "out_of_quota",
    "no_quota_allocation",
    "payment_declined",
    "org_usage_limit_exceeded",
    "user_usage_limit_exceeded",
    "total_session_limit_exceeded",
    "contract_expired",
    "error",
)


def show(sim: Simulation, *steps: Step) -> tuple[object, object, object, object]:
    """Return what v1 and v3 show after these steps."""
    sim.devin.script(Timeline(steps))
    session = sim.devin.add_session({"prompt": "p"})
    v1 = details_v1(session, sim.clock.monotonic_s())
    v3 = session_v3(sim.devin, session)
    return v1["status"], v1["status_enum"], v3["status"], v3["status_detail"]


@pytest.mark.parametrize(
    ("status", "status_enum", "seen"),
    [
        ("running", None, ("new", None)),
        ("new", None, ("new", None)),
        ("claimed", None, ("claimed", None)),
        ("blocked", None, ("running", "waiting_for_user")),
        ("running", "working", ("running", "working")),
        ("running", "blocked", ("running", "waiting_for_user")),
        ("finished", "finished", ("running", "finished")),
        ("stopped", "stopped", ("exit", None)),
        ("running", "expired", ("suspended", "inactivity")),
        ("running", "suspend_requested", ("suspended", "user_request")),
        ("running", "suspend_requested_frontend", ("suspended", "user_request")),
        ("running", "resume_requested", ("resuming", None)),
        ("running", "resume_requested_frontend", ("resuming", None)),
        ("running", "resumed", ("running", "working")),
        ("running", "never_heard_of", ("running", "never_heard_of")),
    ],
)
def test_v3_has_a_word_for_each_of_v1(
    sim: Simulation, status: str, status_enum: str | None, seen: tuple[str, str | None]
) -> None:
    """A timeline written for v1 plays on v3."""
    step = Step(status=status, status_enum=status_enum)
    assert show(sim, step) == (status, status_enum, *seen)


@pytest.mark.parametrize(
    ("status_v3", "seen"),
    [
        ("new", ("new", None)),
        ("claimed", ("claimed", None)),
        ("running", ("running", "working")),
        ("running/working", ("running", "working")),
        ("running/waiting_for_user", ("running", "blocked")),
        ("running/waiting_for_approval", ("running", "blocked")),
        ("running/finished", ("running", "finished")),
        ("running/never_heard_of", ("running", "working")),
        ("exit", ("exit", "finished")),
        ("error", ("error", "expired")),
        ("resuming", ("resuming", "resume_requested")),
        *((f"suspended/{detail}", ("suspended", "suspend_requested")) for detail in LIMITS),
    ],
)
def test_v1_has_a_word_for_each_of_v3(
    sim: Simulation, status_v3: str, seen: tuple[str, str | None]
) -> None:
    """A timeline written for v3 plays on v1."""
    status, _, detail = status_v3.partition("/")
    assert show(sim, Step(status_v3=status_v3)) == (*seen, status, detail or None)


def test_a_step_can_say_what_each_version_shows(sim: Simulation) -> None:
    """What it says is not worked out, and the next step begins anew."""
    both = Step(status="asleep", status_enum="expired", status_v3="suspended/out_of_credits")
    assert show(sim, both) == ("asleep", "expired", "suspended", "out_of_credits")
    assert show(sim, both, Step(status_enum="working"))[1:] == ("working", "running", "working")
    assert show(sim, both, Step(title="x")) == ("asleep", "expired", "suspended", "out_of_credits")


def test_both_versions_show_the_same_sessions(sim: Simulation, http: requests.Session) -> None:
    """What one makes, tags and ends, the other one lists."""
    sim.devin.add_key(DEVIN_KEY_V3, "somebody@else.test")
    devin = ClientV3(sim, http)
    devin.key = DEVIN_KEY_V3
    old = f"{sim.devin.url}/v1/sessions"
    http.post(old, json={"prompt": "of v1", "tags": ["t"]}, timeout=5)
    devin.create(tags=["t"])
    [newer, older] = devin.collect(tags="t")
    listed = http.get(old, params={"tags": "t"}, timeout=5).json()["sessions"]
    assert [one["session_id"] for one in listed] == [newer["session_id"], older["session_id"]]
    devin.ask("POST", f"/{older['session_id']}/tags", {"tags": ["u"]})
    http.delete(f"{old}/{newer['session_id']}", timeout=5)
    assert http.get(f"{old}/{older['session_id']}", timeout=5).json()["tags"] == ["t", "u"]
    assert devin.get(newer["session_id"])["status"] == "exit"


@pytest.mark.parametrize("key", [DEVIN_KEY, DEVIN_KEY_V3])
@pytest.mark.parametrize("operation", ["create", "list", "get", "message", "tags", "terminate"])
def test_the_same_fault_hits_the_same_operation(
    http: requests.Session, key: str, operation: str
) -> None:
    """A test that names the operation says nothing of the version."""
    with Simulation(devin_key=key) as sim:
        sim.devin.inject("*", operation, Answer(503))
        devin = ClientV3(sim, http)
        if key == DEVIN_KEY:
            devin.base = f"{sim.devin.url}/v1/sessions"
        message = "message" if key == DEVIN_KEY else "messages"
        session_id = sim.devin.add_session({"prompt": "p"}).session_id
        calls: dict[str, tuple[str, str, object]] = {
            "create": ("POST", "", {"prompt": "p"}),
            "list": ("GET", "", None),
            "get": ("GET", f"/{session_id}", None),
            "message": ("POST", f"/{session_id}/{message}", {"message": "m"}),
            "tags": ("PUT", f"/{session_id}/tags", {"tags": []}),
            "terminate": ("DELETE", f"/{session_id}", None),
        }
        seen = {name: devin.ask(*call).status_code for name, call in calls.items()}
        assert seen == dict.fromkeys(calls, 200) | {operation: 503}
        assert [one.operation for one in sim.devin.journal] == list(calls)
        assert sim.leftovers() == []


def test_a_fault_for_no_operation_is_a_mistake(sim: Simulation) -> None:
    """It would never happen."""
    with pytest.raises(ValueError, match="'created' is none of the operations"):
        sim.devin.inject("*", "created", Answer(503))
