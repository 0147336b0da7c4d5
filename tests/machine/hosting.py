"""Runs as GitHub's runner hosts them: an event, an attempt, a fate, and the post step after each."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from entrypoint.__main__ import main, post_main
from simulator import Exchange
from simulator.github_records import ACTIONS_LOGIN
from simulator.github_store import DEFAULT_REPOSITORY
from tests.machine.fate import Fate, FeltClock, FeltLog, Killed, Life
from tests.runner_model import read_values
from tests.scenarios.process import own_stderr
from tests.scenarios.world import NUMBER, SCHEMA, Gate, Run

RUNNER_KILLED = 137
_POST_AFTER_S = 2.0
"""What the runner needs to start the post step's container."""


@dataclass(frozen=True)
class Start:
    """Why the step starts: an event of a commit, an attempt, and the workflow's inputs."""

    run_id: int
    attempt: int
    event_name: str
    head_sha: str
    key: str
    """Devin's API key; another one is another owner of sessions."""
    inputs: Mapping[str, str]

    @property
    def about(self) -> dict[str, object]:
        """Return what the webhook's body has besides the pull request."""
        said = {"user": {"login": "octocat"}, "author_association": "MEMBER"}
        issue = {"number": NUMBER, "pull_request": {"url": "https://github.test"}}
        repository = {"default_branch": "main", "full_name": DEFAULT_REPOSITORY}
        return {"repository": repository, "issue": issue, "comment": said, "review": said}


@dataclass(frozen=True)
class Post:
    """What the post step did."""

    exit_code: int
    log: str
    devin: tuple[Exchange, ...]
    github: tuple[Exchange, ...]
    began_s: float
    ended_s: float


@dataclass(frozen=True)
class Past:
    """One run that is over, killed or not, with its post step."""

    start: Start
    run: Run
    post: Post
    is_killed: bool
    struck_s: float | None
    """When the first signal came."""
    was_held: bool
    """Whether the program only noted it."""

    @property
    def devin(self) -> tuple[Exchange, ...]:
        """Return what run and post step asked Devin."""
        return (*self.run.devin, *self.post.devin)

    @property
    def github(self) -> tuple[Exchange, ...]:
        """Return what run and post step asked GitHub."""
        return (*self.run.github, *self.post.github)


class HostedGate(Gate):
    """A gate whose runs may be struck, and always have their post step."""

    def host(self, start: Start, fate: Fate | None = None, *, alone: bool = True) -> Past:
        """Run the step and its post step, to the end or to the blow."""
        number = next(self._attempts)
        (self.folder / f"run-{number}").mkdir()
        asked = {} if start.inputs.get("session_id") else {"prompt": "Review this."}
        given = {
            "timeout_minutes": "15",
            **asked,
            "structured_output_schema": SCHEMA,
            **start.inputs,
        }
        environ = self._environ_of(start, number, given)
        life = Life(self.sim, self.clock, str(self.folder), fate)
        out = FeltLog(life)
        with ExitStack() as process:
            stderr = process.enter_context(own_stderr()) if alone else io.StringIO()
            code = _live(life, out, environ)
        run = self._gather(life, number, code, environ, given, out.getvalue(), stderr.getvalue())
        if not life.is_dead:
            self.runs.append(run)
        self.clock.sleep(_POST_AFTER_S)
        post = self._post(environ, run.state)
        return Past(start, run, post, life.is_dead, life.struck_s, life.was_held)

    def _gather(
        self,
        life: Life,
        number: int,
        code: int,
        environ: Mapping[str, str],
        given: Mapping[str, str],
        log: str,
        stderr: str,
    ) -> Run:
        place = self.folder / f"run-{number}"
        return Run(
            exit_code=code,
            outputs=read_values((place / "output").read_text()),
            state=read_values((place / "state").read_text()),
            summary=(place / "summary.md").read_text(),
            log=log,
            stderr=stderr,
            comments=tuple(one.body for one in self.comments() if one.login == ACTIONS_LOGIN),
            devin=life.exchanges("devin"),
            github=life.exchanges("github"),
            began_s=life.began_s,
            ended_s=self.clock.monotonic_s(),
            inputs=given,
            environ=environ,
        )

    def _post(self, environ: Mapping[str, str], state: Mapping[str, str]) -> Post:
        life, out = Life(self.sim, self.clock, str(self.folder)), io.StringIO()
        handed_on = {f"STATE_{name}": value for name, value in state.items()}
        with life.lived():
            code = post_main({**environ, **handed_on}, clock=FeltClock(life), out=out)
        return Post(
            code,
            out.getvalue(),
            life.exchanges("devin"),
            life.exchanges("github"),
            life.began_s,
            self.clock.monotonic_s(),
        )

    def _environ_of(self, start: Start, number: int, given: Mapping[str, str]) -> dict[str, str]:
        event = self.folder / f"run-{number}" / "event.json"
        event.write_text(json.dumps(self.payload(start.head_sha) | start.about))
        return {
            **self._environ(event.parent, number, given),
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_EVENT_NAME": start.event_name,
            "GITHUB_SHA": start.head_sha,
            "GITHUB_RUN_ID": str(start.run_id),
            "GITHUB_RUN_ATTEMPT": str(start.attempt),
            "INPUT_DEVIN_API_KEY": start.key,
        }


def _live(life: Life, out: FeltLog, environ: Mapping[str, str]) -> int:
    """Return the exit code of the main step."""
    try:
        with life.lived():
            return main(environ, clock=FeltClock(life), out=out, signals=life.signals)
    except Killed:
        return RUNNER_KILLED
