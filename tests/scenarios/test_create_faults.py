"""Creating the session while the API misbehaves: never two sessions, and the way out in words."""

import pytest

from simulator import Answer, CutBody, CutChunked, Fault, Raw, Redirect, Reset
from tests.scenarios.test_wrong_green import LETTERS, parts_of_the_key
from tests.scenarios.world import CREATE, DETAILS, GOOD, LIST, Gate, blocked, working

SOMETHING_WENT_WRONG = {"detail": "Something went wrong"}
UNCLEAR: list[Fault] = [
    Answer(500, SOMETHING_WENT_WRONG),
    Answer(502, "<h1>Bad Gateway</h1>"),
    Answer(503, "<h1>Unavailable</h1>"),
    Answer(504),
    Answer(524),
    Answer(200, "<html>portal</html>"),
    Answer(200, b""),
    Answer(200, {"url": "https://app.devin.ai/sessions/1"}),
    Reset(),
    CutBody(20),
    CutChunked(20),
    Raw(b"HTTP/1.1 200 OK\r\nContent-Le"),
]


@pytest.fixture(autouse=True)
def answer(gate: Gate) -> None:
    """Let Devin give a good answer to every question."""
    gate.devin_does(working(), blocked(300, GOOD))


@pytest.mark.parametrize("after_commit", [True, False])
@pytest.mark.parametrize("fault", UNCLEAR, ids=repr)
def test_a_lost_answer_makes_no_second_session(
    gate: Gate, fault: Fault, *, after_commit: bool
) -> None:
    """v1 gets the identical bytes again; v3, which would make a second one, is looked through."""
    gate.sim.devin.inject("POST", CREATE, fault, after_commit=after_commit)
    run = gate.run()
    made = after_commit or isinstance(fault, CutBody | CutChunked) or not gate.is_v3
    assert (run.exit_code, run.outcome) == ((0, "passed") if made else (2, "error"))
    assert len(gate.sim.devin.sessions) == made
    assert len({seen.body for seen in run.asked(CREATE)}) == 1
    assert len(run.asked(CREATE)) == 1 or not gate.is_v3


@pytest.mark.parametrize("idempotent", ["true", "false"])
@pytest.mark.parametrize("fault", [Answer(502), Reset()], ids=repr)
def test_a_session_whose_create_was_never_answered_is_found_by_its_tag(
    gate: Gate, fault: Fault, idempotent: str
) -> None:
    """The create is sent as often as is safe, then the session is looked for and watched."""
    gate.sim.devin.inject("POST", CREATE, fault, times=_sends(gate, idempotent), after_commit=True)
    run = gate.run(idempotent=idempotent)
    assert (run.outcome, len(gate.sim.devin.sessions)) == ("passed", 1)
    assert len(run.asked(CREATE)) == _sends(gate, idempotent)


@pytest.mark.parametrize("idempotent", ["true", "false"])
def test_where_nothing_is_found_the_run_says_that_there_may_be_a_session(
    gate: Gate, idempotent: str
) -> None:
    """After a minute of looking a person is told what to do, and nothing more is sent."""
    gate.sim.devin.inject("POST", CREATE, Answer(502), times=_sends(gate, idempotent))
    run = gate.run(idempotent=idempotent)
    assert (run.exit_code, run.outcome, gate.sim.devin.sessions) == (2, "error", [])
    assert len(run.asked(CREATE)) == _sends(gate, idempotent)
    assert "may have started a session" in run.outputs["reason"]
    assert "Re-run" in run.summary


@pytest.mark.parametrize("idempotent", ["true", "false"])
def test_a_list_that_is_down_too_does_not_hide_that_there_may_be_a_session(
    gate: Gate, idempotent: str
) -> None:
    """A network that goes at the create and stays away is told as what it may have cost."""
    gate.sim.devin.inject(
        "POST", CREATE, Answer(502), times=_sends(gate, idempotent), after_commit=True
    )
    gate.sim.devin.inject("GET", LIST, Reset(), skip=1, times=None)
    run = gate.run(idempotent=idempotent)
    assert (run.exit_code, run.outcome) == (2, "error")
    assert "may have started a session" in run.outputs["reason"]
    assert run.duration_s < 960


def _sends(gate: Gate, idempotent: str) -> int:
    """Return how often a create without an answer is sent."""
    return 5 if idempotent == "true" and not gate.is_v3 else 1


@pytest.mark.parametrize("idempotent", ["true", "false"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_turns_us_away_is_asked_when_it_says(
    gate: Gate, status: int, idempotent: str
) -> None:
    """429, and 503 with Retry-After, surely made nothing: the create waits and is sent again."""
    busy = Answer(status, {"detail": "slow down"}, (("Retry-After", "37"),))
    gate.sim.devin.inject("POST", CREATE, busy)
    run = gate.run(idempotent=idempotent)
    assert run.outcome == "passed"
    first, second = (seen.at_s for seen in run.asked(CREATE))
    assert second - first == pytest.approx(37, abs=1)


@pytest.mark.parametrize(
    ("value", "bound_s"),
    [
        ("0", 1),
        ("-5", 1),
        ("1.5", 1.5),
        ("soon", 1),
        ("9" * 5000, 300),
        ("1000000000", 300),
        ("Mon, 05 Jan 2026 08:00:00 GMT", 1),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_odd_retry_after_is_bounded(gate: Gate, value: str, bound_s: float) -> None:
    """At least a second and at most five minutes, whatever the header holds."""
    gate.sim.devin.inject("POST", CREATE, Answer(429, {}, (("Retry-After", value),)))
    run = gate.run()
    assert run.outcome == "passed"
    first, second = (seen.at_s for seen in run.asked(CREATE))
    assert 1 <= second - first <= bound_s + 0.001


def test_a_limit_that_never_ends_ends_the_run(gate: Gate) -> None:
    """A server that always says 429 gives `error` within 15 minutes, and no session."""
    gate.sim.devin.inject("POST", CREATE, Answer(429, {}, (("Retry-After", "60"),)), times=None)
    run = gate.run()
    assert (run.exit_code, run.outcome, gate.sim.devin.sessions) == (2, "error", [])
    assert run.duration_s <= 900


@pytest.mark.parametrize(
    ("status", "body", "said", "remedy"),
    [
        (400, {"detail": "Invalid input or request"}, "Invalid input or request", "inputs"),
        (401, {"detail": "Missing or invalid Authorization header"}, "Missing or", "devin_api_key"),
        (403, {"detail": "Forbidden"}, "Forbidden", "key"),
        (404, {"detail": "Not Found"}, "Not Found", "devin_api_url"),
        (
            422,
            {"detail": [{"loc": ["body", "snapshot_id"], "msg": "not found", "type": "value"}]},
            "body.snapshot_id: not found",
            "input",
        ),
        (400, "<html>nginx</html>", "400", "inputs"),
        (401, b"", "401", "devin_api_key"),
        (422, {"detail": {"odd": 1}}, "422", "input"),
    ],
)
def test_a_refusal_says_what_to_do(
    gate: Gate, status: int, body: object, said: str, remedy: str
) -> None:
    """What Devin refuses is sent once; the error quotes it and names the way out."""
    gate.sim.devin.inject("POST", CREATE, Answer(status, body))
    run = gate.run()
    assert (run.exit_code, run.outcome, len(run.asked(CREATE))) == (2, "error", 1)
    assert said in run.outputs["reason"]
    [error] = [line for line in run.log.splitlines() if line.startswith("::error ")]
    assert remedy in error
    assert run.comments == ()


def test_an_error_inside_devin_is_named(gate: Gate) -> None:
    """A 500 in the API's own shape is retried, then told with its words."""
    gate.sim.devin.inject(
        "POST", CREATE, Answer(500, SOMETHING_WENT_WRONG), times=_sends(gate, "true")
    )
    run = gate.run()
    assert run.outcome == "error"
    assert "Something went wrong" in run.outputs["reason"]


def test_a_redirect_is_not_followed(gate: Gate) -> None:
    """The prompt and the key never go to where a redirect points."""
    gate.sim.devin.inject("POST", CREATE, Redirect(f"{gate.sim.github.url}/steal"))
    run = gate.run()
    assert (run.outcome, [seen.method for seen in run.devin]) == ("error", ["GET", "POST"])
    assert all(seen.path != "/steal" for seen in run.github)


def test_a_server_that_does_not_know_the_schema_field_gets_it_in_the_prompt(gate: Gate) -> None:
    """An older API refuses the field; the create goes out again without it."""
    gate.sim.devin.unknown_fields = {"structured_output_schema"}
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    [session] = gate.sim.devin.sessions
    assert "structured_output_schema" not in session.request
    assert '"risk"' in session.prompt


def test_a_session_id_that_could_lead_elsewhere_is_refused(gate: Gate) -> None:
    """An id with a slash never becomes part of a path."""
    odd = {"session_id": "../../v1/secrets", "url": "https://app.devin.ai/sessions/x"}
    gate.sim.devin.inject("POST", CREATE, Answer(200, odd), times=_sends(gate, "true"))
    run = gate.run()
    assert run.outcome == "error"
    assert {seen.operation for seen in run.devin} == {CREATE, LIST}


@pytest.mark.parametrize("idempotent", ["true", "false"])
def test_a_create_that_may_have_worked_is_never_sent_in_another_form(
    gate: Gate, idempotent: str
) -> None:
    """After a lost answer a server that does not know the schema's field gets no second body."""
    unknown = [{"loc": ["body", "structured_output_schema"], "msg": "extra fields", "type": "x"}]
    gate.sim.devin.inject("POST", CREATE, Answer(502), after_commit=True)
    if _sends(gate, idempotent) > 1:  # otherwise nothing is sent again at all
        gate.sim.devin.inject("POST", CREATE, Answer(422, {"detail": unknown}))
    run = gate.run(idempotent=idempotent)
    assert len({seen.body for seen in run.asked(CREATE)}) == 1
    assert (run.outcome, len(gate.sim.devin.sessions)) == ("passed", 1)


@pytest.mark.parametrize("spelled", ["text", "object"])
def test_the_unknown_field_is_read_in_every_shape_of_a_detail(gate: Gate, spelled: str) -> None:
    """The field's name behind many words, or inside an object, is still the field's name."""
    name = "structured_output_schema"
    detail: object = {"msg": f"{name} unknown"} if spelled == "object" else "a" * 310 + f" {name}"
    gate.sim.devin.inject("POST", CREATE, Answer(422, {"detail": detail}))
    assert gate.run().outcome == "passed"
    assert name not in gate.sim.devin.sessions[0].request


@pytest.mark.parametrize("before", [0, 100, 230, 260, 280, 292, 480, 1_990, 1_999])
@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_key_in_an_error_is_not_shown_in_part(gate: Gate, method: str, before: int) -> None:
    """However long the words before it, a cut leaves nothing of the key behind."""
    key = gate.add_key(LETTERS, "u@e.test")
    detail: object = "x" * before + " " + key
    if method == "GET":
        detail = [{"loc": ["header", "authorization"], "msg": detail}]
    path = {"POST": CREATE, "GET": DETAILS}[method]
    gate.sim.devin.inject(method, path, Answer(400, {"detail": detail}))
    run = gate.run(devin_api_key=key)
    assert (run.exit_code, run.outcome) == (2, "error")
    assert parts_of_the_key(run) == set()


@pytest.mark.parametrize("before", [0, 40, 300, 1_950])
def test_a_key_in_the_sessions_address_is_not_shown(gate: Gate, before: int) -> None:
    """An address that repeats the key is not handed on with it."""
    key = gate.add_key(LETTERS, "u@e.test")
    session = gate.sim.devin.add_session({"prompt": "x"})
    url = f"https://app.devin.ai/sessions/{'a' * before}?t={key}"
    odd = {"session_id": session.session_id, "url": url}
    gate.sim.devin.inject("POST", CREATE, Answer(200, odd))
    run = gate.run(devin_api_key=key)
    assert run.outputs["session_id"] == session.session_id
    assert parts_of_the_key(run) == set()
