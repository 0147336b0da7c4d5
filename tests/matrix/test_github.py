"""G1: GitHub in trouble while the comment is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pytest

from simulator import Answer, CutBody, Fault, Reset
from tests.matrix.test_signals import PASSED
from tests.scenarios.page import show
from tests.scenarios.world import COMMENT, COMMENTS, GOOD, Gate, blocked, working

STARTING: Final = "⏳ Devin is starting"
DEVIN: Final = "devin-ai-integration[bot]"
_LIMITED: Final = "You have exceeded a secondary rate limit. Please wait a few minutes."
_USED_UP: Final = "API rate limit exceeded for installation ID 1."
_TOO_LONG: Final = "Body is too long (maximum is 65536 characters)"


@dataclass(frozen=True)
class Trouble:
    """One thing that GitHub answers, and what is to be made of it."""

    fault: Fault
    done: bool = False
    """Whether GitHub did what was asked all the same."""
    passes: bool = False
    """Whether trying again within the same writing is right."""
    rests_s: float = 0.0
    """How long GitHub must be left alone after it."""
    said: str = ""
    """What a person must read about it."""


def _answer(status: int, message: str, **headers: str) -> Answer:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, {"message": message}, pairs)


_PERMISSION: Final = "permissions: { contents: read, pull-requests: write }"
TROUBLES: Final[Mapping[str, Trouble]] = {
    "401": Trouble(_answer(401, "Bad credentials"), said="dies after an hour"),
    "403-permission": Trouble(
        _answer(403, "Resource not accessible by integration"), said=_PERMISSION
    ),
    "403-primary": Trouble(
        _answer(403, _USED_UP, x_ratelimit_remaining="0", x_ratelimit_reset="1767607200"),
        rests_s=60,
        said="rate limit",
    ),
    "403-secondary": Trouble(_answer(403, _LIMITED, Retry_After="60"), rests_s=60),
    "403-secondary-short": Trouble(_answer(403, _LIMITED, Retry_After="3"), rests_s=3),
    "403-secondary-bare": Trouble(_answer(403, _LIMITED), rests_s=60),
    "429": Trouble(_answer(429, _LIMITED, Retry_After="60"), rests_s=60),
    "404": Trouble(_answer(404, "Not Found"), passes=True, said=_PERMISSION),
    "422": Trouble(_answer(422, f"Validation Failed: {_TOO_LONG}")),
    "500": Trouble(_answer(500, "Server Error"), passes=True),
    "502": Trouble(Answer(502, "<h1>Bad Gateway</h1>"), passes=True),
    "502-done": Trouble(Answer(502, "<h1>Bad Gateway</h1>"), done=True, passes=True),
    "503": Trouble(Answer(503, "<h1>Unicorn</h1>"), passes=True),
    "reset": Trouble(Reset(), passes=True),
    "reset-done": Trouble(Reset(), done=True, passes=True),
    "cut-done": Trouble(CutBody(40), done=True, passes=True),
    "html": Trouble(Answer(200, "<h1>Portal</h1>"), passes=True),
}
PHASES: Final = {
    "github-list": ("GET", COMMENTS, 0),
    "github-login": ("POST", "/graphql", 0),
    "github-create": ("POST", COMMENTS, 0),
    "github-list-again": ("GET", COMMENTS, 1),
    "github-list-at-end": ("GET", COMMENTS, 2),
    "github-edit": ("PATCH", COMMENT, 0),
}
_AT_THE_END: Final = ("github-list-at-end", "github-edit")
_DONE: Final = ("github-create", "github-edit")
"""The requests that change something at GitHub."""
TIMES: Final = {"once": 1, "below": 3, "forever": None}
PAST: Final = {"start": 4, "end": 5}
"""How often one writing is tried: waits of 1, 2, 4 s within 10 s, and of 8 s more within 25 s."""
FOREVER: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("github-list", "github-create"), ()),
    "github-login": (PASSED,),
    **dict.fromkeys(("github-list-again", *_AT_THE_END), (STARTING,)),
}
"""The comments after trouble without an end, by the phase in which it begins."""


def _cases() -> Iterator[object]:
    """Yield trouble, when the comment is made, phase and persistence, where they go together."""
    for name, trouble in TROUBLES.items():
        for made in ("start", "end"):
            for phase in PHASES:
                if (trouble.done and phase not in _DONE) or (
                    made == "end" and phase in _AT_THE_END
                ):
                    continue
                for times in ("once", "below", "past", "forever"):
                    if times in ("below", "past") and (not trouble.passes or trouble.done):
                        continue
                    yield pytest.param(
                        *(name, made, phase, times),
                        id=f"G1.{name}/made-at-{made}:{phase}:{times}",
                    )


@pytest.mark.parametrize(("name", "made", "phase", "times"), [*_cases()])
def test_g1(gate: Gate, name: str, made: str, phase: str, times: str) -> None:
    """At most one comment, the verdict untouched, at most 60 s, the remedy named."""
    trouble = TROUBLES[name]
    gate.on_pull_request(author=DEVIN if made == "end" else "octocat")
    gate.devin_does(working(), blocked(300, GOOD))
    if phase == "github-login":  # asked only where there is a comment that may be ours
        gate.run()
    method, path, skip = PHASES[phase]
    late = made == "end" or phase in _AT_THE_END
    many = PAST["end" if late else "start"] if times == "past" else TIMES[times]
    gate.sim.github.inject(
        method, path, trouble.fault, times=many, skip=skip, after_commit=trouble.done
    )
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    assert run.ended_s - run.devin[-1].at_s <= 60
    headings = [show(body).headings[0] for body in run.comments]
    lost = headings != [PASSED]
    warned = "::warning title=Devin Gate%3A no comment::" in run.log
    assert warned >= lost, "what is missing on the pull request is said"
    if warned:
        assert trouble.said in run.log
    gate.post(run.environ, run.state)
    headings = [show(comment.body).headings[0] for comment in gate.comments()]
    if times != "forever" or trouble.done or (made == "end" and phase == "github-list-again"):
        assert headings == [PASSED]
    else:
        assert headings == [*FOREVER[phase]]


@pytest.mark.xfail(reason="neither Retry-After nor the reset of a limit is waited for")
@pytest.mark.parametrize(
    ("name", "phase"),
    [
        pytest.param(name, phase, id=f"G1.{name}/rest:{phase}:once")
        for name, trouble in TROUBLES.items()
        if trouble.rests_s
        for phase in PHASES
    ],
)
def test_g1_rest(gate: Gate, name: str, phase: str) -> None:
    """After a limit GitHub is left alone for as long as it says, or for a minute."""
    gate.devin_does(working(), blocked(300, GOOD))
    if phase == "github-login":
        gate.run()
    method, path, skip = PHASES[phase]
    gate.sim.github.inject(method, path, TROUBLES[name].fault, skip=skip)
    run = gate.run()
    assert (run.exit_code, run.outcome) == (0, "passed")
    [place] = [place for place, seen in enumerate(run.github) if seen.fault]
    after_s = [seen.at_s - run.github[place].at_s for seen in run.github[place + 1 :]]
    assert min(after_s, default=TROUBLES[name].rests_s) >= TROUBLES[name].rests_s
