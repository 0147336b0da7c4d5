"""Every declared output is written, right, and without a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entrypoint.core.documents import Json
from entrypoint.core.outcome import Outcome
from entrypoint.core.outputs import OUTPUTS
from entrypoint.core.progress import Progress, render_outputs
from entrypoint.core.question import comment_key_of
from entrypoint.core.session import Phase, without_secrets
from entrypoint.core.text import MASK
from entrypoint.core.verdict import Verdict
from entrypoint.core.violations import Violation
from tests.unit.builders import (
    API_KEY,
    HEAD_SHA,
    SESSION_ID,
    SESSION_URL,
    TOKEN,
    TRIGGER,
    make_created,
    make_progress,
    make_redactor,
    make_session,
    make_settings,
)

TRIGGERING = "https://github.com/octo/shop/pull/12"
OWN = "https://github.com/octo/shop/pull/13"
PASSED = Verdict(Outcome.PASSED, "Good.")


def outputs(progress: Progress, verdict: Verdict = PASSED, now_s: float = 225.9) -> dict[str, str]:
    """Return the outputs of a run that began at 100 s."""
    return render_outputs(progress, verdict, now_s, make_redactor())


def test_a_passed_run_writes_every_output() -> None:
    """A later step can read everything that the README promises."""
    session = make_session(
        Phase.AWAITING_USER,
        {"risk": "low", "é": [1]},
        status="blocked",
        pull_requests=(OWN,),
        acus_consumed=3.25,
    )
    progress = make_progress(session)
    progress.comment_url = f"{TRIGGERING}#issuecomment-1"
    assert outputs(progress) == {
        "outcome": "passed",
        "conclusion": "success",
        "passed": "true",
        "session_id": SESSION_ID,
        "session_url": SESSION_URL,
        "is_new_session": "true",
        "status": "blocked",
        "phase": "awaiting_user",
        "structured_output": '{"risk":"low","é":[1]}',
        "validation_errors": "[]",
        "gate_results": "[]",
        "pull_request_url": OWN,
        "pull_requests": f'["{OWN}"]',
        "head_sha": HEAD_SHA,
        "comment_url": f"{TRIGGERING}#issuecomment-1",
        "comment_key": comment_key_of(make_settings(), TRIGGER),
        "acus_consumed": "3.25",
        "duration_seconds": "125",
        "reason": "Good.",
    }


def test_a_run_that_knows_nothing_writes_every_output_too() -> None:
    """After an early error no output is left over from somewhere else."""
    found = outputs(Progress(began_s=100.0), Verdict(Outcome.ERROR, "Bad."))
    assert found.keys() == {output.name for output in OUTPUTS}
    filled = {name: value for name, value in found.items() if value not in ("", "[]")}
    assert filled == {
        "outcome": "error",
        "conclusion": "failure",
        "passed": "false",
        "duration_seconds": "125",
        "reason": "Bad.",
    }


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("allowed", [True, False])
def test_passed_means_passed(*, outcome: Outcome, allowed: bool) -> None:
    """`passed` is true for one outcome only, whatever is allowed."""
    found = outputs(make_progress(), Verdict(outcome, "x", allowed=allowed))
    assert found["passed"] == ("true" if outcome is Outcome.PASSED else "false")
    assert found["outcome"] == outcome.value
    assert found["conclusion"] == outcome.conclusion


@pytest.mark.parametrize(
    "value", [0, False, "", {}, [], 1.5, "text", {"b": [None], "a": 1}], ids=json.dumps
)
def test_any_output_is_passed_on(value: Any) -> None:  # noqa: ANN401 - any JSON, or any field
    """`0`, `false` and empty values are answers that a later step can read."""
    text = outputs(make_progress(make_session(output=value)))["structured_output"]
    assert json.loads(text) == value
    assert "\n" not in text


@pytest.mark.parametrize(("size", "kept"), [(256 * 1024, True), (256 * 1024 + 1, False)])
def test_an_output_is_passed_on_whole_or_not_at_all(*, size: int, kept: bool) -> None:
    """Nobody reads half an answer."""
    value: Json = "x" * (size - 2)
    text = outputs(make_progress(make_session(output=value)))["structured_output"]
    assert len(text) == (size if kept else 0)


@pytest.mark.parametrize(
    ("is_new", "said"),
    [(True, "true"), (False, "false"), (None, "")],
    ids=["new", "found", "unsaid"],
)
def test_a_found_session_is_said_to_be_found(*, is_new: bool | None, said: str) -> None:
    """A later step can tell a session that this run paid for from one that it found."""
    progress = make_progress(make_session())
    progress.created = make_created(is_new_session=is_new)
    assert outputs(progress)["is_new_session"] == said


def test_violations_are_a_json_list() -> None:
    """A later step reads path, message and keyword of each violation."""
    verdict = Verdict(
        Outcome.INVALID_OUTPUT, "x", violations=(Violation("$.a", "must be `1`", "const"),)
    )
    found = json.loads(outputs(make_progress(), verdict)["validation_errors"])
    assert found == [{"path": "$.a", "message": "must be `1`", "keyword": "const"}]


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (OWN, True),
        (TRIGGERING, False),
        (TRIGGERING + "/", False),
        (TRIGGERING + "?x=1#y", False),
        ("https://github.com/Octo/Shop/pull/12", False),
        ("https://github.com/octo/shop/pull/123", True),
        ("https://github.com/octo/other/pull/12", True),
        ("https://ghe.test/octo/shop/pull/12", False),
        (TRIGGERING + "/files", False),
        (TRIGGERING + "/commits/0123", False),
        ("http://github.com/octo/shop/pull/12", False),
        ("https://www.github.com/octo/shop/pull/12", False),
        ("https://github.com//octo/shop/pull/12", False),
        ("https://github.com/octo/shop/pulls/12", False),
        ("https://api.github.com/repos/octo/shop/pulls/12", False),
        ("https://ghe.test/api/v3/repos/octo/shop/pulls/12", False),
        ("https://github.com/octo/shop/pull/0012", False),
        ("https://github.com/octo/shop/issues/12", False),
        ("https://github.com/octo/shop", False),
        ("https://github.com/octo/shop/pull/13/files", True),
        ("https://github.com//octo/shop/pull/13", True),
        ("https://api.github.com/repos/octo/shop/pulls/13", True),
        ("https://ghe.test/octo/shop/pull/13", True),
    ],
)
def test_the_triggering_pull_request_is_not_devins(*, url: str, is_own: bool) -> None:
    """The pull request under review, however it is spelled, is no evidence of Devin's work."""
    progress = make_progress(make_session(pull_requests=(url,)))
    assert progress.own_pull_requests == ((url,) if is_own else ())
    assert outputs(progress)["pull_request_url"] == url


def test_devins_own_pull_request_comes_first() -> None:
    """Of several pull requests the one that Devin opened is the one to follow."""
    found = outputs(make_progress(make_session(pull_requests=(TRIGGERING, OWN))))
    assert found["pull_request_url"] == OWN
    assert json.loads(found["pull_requests"]) == [TRIGGERING, OWN]


def test_without_a_pull_request_all_are_devins() -> None:
    """On a push every pull request of the session is Devin's work."""
    progress = make_progress(make_session(pull_requests=(TRIGGERING,)))
    progress.pull_request = None
    assert progress.own_pull_requests == (TRIGGERING,)


@pytest.mark.parametrize("line_break", ["", "\n", "\r\n"], ids=["whole", "LF", "CRLF"])
def test_no_output_holds_a_secret(line_break: str) -> None:
    """A secret that Devin repeats reaches no later step, wherever it stands."""
    secret = f"{API_KEY[:9]}{line_break}{API_KEY[9:]}"
    session = make_session(
        output={secret: [secret, {"t": TOKEN}]},
        status=secret,
        pull_requests=(f"https://x.test/{API_KEY}",),
    )
    verdict = Verdict(
        Outcome.ERROR, f"It was {secret}.", violations=(Violation(secret, f"`{secret}`", "x"),)
    )
    found = outputs(make_progress(without_secrets(session, make_redactor())), verdict)
    for name, value in found.items():
        assert API_KEY not in value.replace("\\r", "").replace("\\n", "").replace("\n", ""), name
        assert TOKEN not in value
    assert json.loads(found["structured_output"]) == {MASK: [MASK, {"t": MASK}]}
    assert json.loads(found["validation_errors"])[0]["path"] == MASK
