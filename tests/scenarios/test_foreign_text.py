"""The whole program against text that nobody should trust: in every sink it is data and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from entrypoint.core.documents import Json
from entrypoint.core.text import Redactor, Secret
from simulator import Answer, Simulation, Step
from tests.foreign_text import (
    API_KEY,
    CANARY,
    SECRETS,
    TOKEN,
    foreign_addresses,
    foreign_json,
    foreign_words,
    shows_secret,
)
from tests.runner_model import obey
from tests.scenarios.invariants import check_all
from tests.scenarios.page import show
from tests.scenarios.world import COMMENTS, CREATE, DETAILS, HEAD, Gate, Run

SOME = settings(max_examples=max(1, settings().max_examples // 3))
"""A whole run is dear."""
REDACTOR = Redactor(map(Secret, SECRETS))
WORDS = foreign_words(*SECRETS)
CONTROLS = "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069"
"""What steers a terminal or the eye."""
CLEAN_WORDS = foreign_words()
VALUES = foreign_json(*SECRETS)
ADDRESSES = foreign_addresses(*SECRETS)
SCHEMAS = st.sampled_from(["", "type: [object, array]", "type: object\nrequired: [risk]\n"])
ENDS = st.sampled_from(["blocked", "finished", "expired", "suspend_requested", "working"])


@contextmanager
def checked_gate() -> Iterator[Gate]:
    """Give a gate on a pull request; afterwards check its sinks, and what is true of every run."""
    with (
        TemporaryDirectory() as folder,
        Simulation(devin_key=API_KEY, github_token=TOKEN) as sim,
    ):
        gate = Gate(sim, Path(folder))
        gate.workspace.mkdir()
        gate.on_pull_request()
        yield gate
        check_all(gate)
        for run in gate.runs:
            check_sinks(run)


def check_sinks(run: Run) -> None:
    """Check what the invariants do not: the secrets, and how far foreign words have come."""
    done = obey(run.log, run.stderr)
    assert done.masks.values == set(SECRETS)
    assert [line for line in done.shown if re.search(f"[{CONTROLS}]", line)] == []
    ours = [body for body in run.comments if body.startswith("<!-- devin-gate key=")]
    for body in (run.summary, *ours):
        assert CANARY not in show(body).prose
        assert len(body) <= 60_000
    told = [line for line in run.log.split("\n") if not line.startswith("::add-mask::")]
    sinks = [*told, run.summary, *ours, *run.outputs.values(), *run.state.values()]
    assert shows_secret("\0".join(sinks), *SECRETS) is None


@SOME
@given(WORDS, VALUES, ADDRESSES, SCHEMAS, ENDS)
def test_what_a_session_holds_is_data(
    words: Iterator[str], output: Json, address: str, schema: str, end: str
) -> None:
    """Messages, title, status, address, output strings and keys: shown or dropped, never obeyed."""
    with checked_gate() as gate:
        gate.devin_does(
            Step(5, status=next(words), status_enum="working", title=next(words)),
            Step(30, message=next(words), pull_request_url=address, structured_output=output),
            Step(60, status_enum=end, message=next(words)),
        )
        run = gate.run(
            structured_output_schema=schema, output_file="answer.json", timeout_minutes="10"
        )
        if run.outputs["structured_output"]:
            told = json.dumps(REDACTOR.redact_json(output), ensure_ascii=False)
            assert run.output == json.loads(told.encode("utf-8", "replace"))


@SOME
@given(WORDS, VALUES, CLEAN_WORDS, st.sampled_from([400, 401, 403, 422, 429, 500]))
def test_what_an_error_says_is_data(
    words: Iterator[str], detail: Json, remarks: Iterator[str], status: int
) -> None:
    """Refusals by Devin and by GitHub, in whatever form: told as text."""
    with checked_gate() as gate:
        gate.devin_does(Step(5, status_enum="working"), Step(60, status_enum="blocked"))
        gate.sim.github.add_comment(gate.number, next(remarks), "mallory")
        first = Answer(500, {"detail": next(words)})
        gate.sim.devin.inject("POST", CREATE, Answer(429, {"detail": detail}))
        gate.sim.devin.inject("GET", DETAILS, first)
        gate.sim.devin.inject("GET", DETAILS, Answer(status, {"detail": detail}))
        gate.sim.github.inject("POST", COMMENTS, Answer(status, {"message": next(words)}))
        gate.run()


@SOME
@given(
    CLEAN_WORDS, st.sampled_from(["title", "tags", "structured_output_schema", "output_file", ""])
)
@example(cycle(["a`@octocat`b"]), "")
def test_what_an_event_and_an_input_hold_is_data(words: Iterator[str], name: str) -> None:
    """Branch names, titles and addresses of a stranger reach prompt and log as text."""
    with checked_gate() as gate:
        prompt = next(words)
        pull = {
            "number": gate.number,
            "head": {"sha": HEAD},
            "base": {"ref": next(words)},
            "user": {"login": next(words)},
            "html_url": next(words),
        }
        gate.on("pull_request", {"pull_request": pull, "title": next(words)})
        gate.environ["GITHUB_REF"] = next(words)
        gate.devin_does(Step(5, status_enum="working"), Step(60, status_enum="blocked"))
        gate.run({name or next(words): next(words)}, prompt=prompt)
        for session in gate.sim.devin.sessions:
            assert session.prompt.startswith(prompt.strip().encode("utf-8", "replace").decode())


@SOME
@given(st.sampled_from(["session_id", "url"]), ADDRESSES, CLEAN_WORDS)
def test_an_answer_to_a_create_is_data(name: str, address: str, words: Iterator[str]) -> None:
    """A session's address is a plain one, or is made from its id; an odd id is no session."""
    with checked_gate() as gate:
        gate.devin_does(Step(5, status_enum="working"), Step(60, status_enum="blocked"))
        session = gate.sim.devin.add_session({"prompt": "x"})
        odd = {"session_id": session.session_id, "url": address, name: next(words)}
        gate.sim.devin.inject("POST", CREATE, Answer(200, odd))
        run = gate.run()
        assert "\n" not in run.outputs["session_url"]
