"""The world of a scenario: a Devin, a GitHub and a runner's files, and runs of the gate in it."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from entrypoint.__main__ import compose_world, main, post_main
from entrypoint.core.time_limit import TimeLimit
from simulator import DEFAULT_ORG, Comment, Exchange, Simulation, Step, Timeline
from simulator.clock import SimClock
from simulator.github_store import DEFAULT_REPOSITORY
from tests.runner_model import read_values
from tests.scenarios.process import Killed, KillingLog, own_stderr, watched_signals

if TYPE_CHECKING:
    from entrypoint.__main__ import Compose

NUMBER = 12
"""The pull request that every scenario begins with."""
HEAD = "a" * 40
SCHEMA = "type: object\nrequired: [risk]\nproperties:\n  risk: {enum: [low, high]}\n"
GOOD = {"risk": "low"}
BAD = {"risk": "who knows"}
CREATE, LIST, DETAILS, MESSAGE = "create", "list", "get", "message"
TAGS, TERMINATE, MESSAGES = "tags", "terminate", "messages"
"""Operations of Devin's API, whichever version it is."""
COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments"
COMMENT = "/repos/{owner}/{repo}/issues/comments/{id}"
DEVIN_PR = f"https://github.com/{DEFAULT_REPOSITORY}/pull/13"


@dataclass(frozen=True)
class Run:
    """What one run of the gate left behind."""

    exit_code: int
    outputs: Mapping[str, str]
    state: Mapping[str, str]
    summary: str
    log: str
    stderr: str
    """What a library printed past our log; the runner reads that too."""
    comments: tuple[str, ...]
    """Every comment of the pull request, oldest first."""
    devin: tuple[Exchange, ...]
    github: tuple[Exchange, ...]
    began_s: float
    ended_s: float
    inputs: Mapping[str, str]
    environ: Mapping[str, str]

    @property
    def outcome(self) -> str:
        """Return the output of that name, as a later step reads it."""
        return self.outputs.get("outcome", "")

    @property
    def duration_s(self) -> float:
        """Return the simulated seconds that it took."""
        return self.ended_s - self.began_s

    @property
    def output(self) -> object:
        """Return what `fromJSON` makes of the structured output."""
        return json.loads(self.outputs["structured_output"])

    @property
    def looks_s(self) -> list[float]:
        """Return when the session was read."""
        return [seen.at_s for seen in self.devin if seen.operation in (DETAILS, LIST)]

    def asked(self, operation: str) -> list[Exchange]:
        """Return what Devin was asked of one kind."""
        return [seen for seen in self.devin if seen.operation == operation]


@dataclass(frozen=True)
class PostRun:
    """What the post step did after a run that was killed."""

    exit_code: int
    log: str
    state: Mapping[str, str]
    """What the killed run had saved."""
    devin_requests: int
    github_requests: int


@dataclass
class Gate:
    """One gate in one repository; arrange it, then `run()` it once or several times."""

    sim: Simulation
    folder: Path
    runs: list[Run] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    """Variables that differ from the usual ones; an empty value takes the variable away."""
    number: int = NUMBER
    compose: Compose = compose_world
    """Makes the world of a run: another one for a deadline that is not waited for in full."""
    attempts_s: dict[str, list[float]] = field(default_factory=lambda: {"devin": [], "github": []})
    """When something before a service was asked, which may never have reached its journal."""
    may_fail_to_write: bool = False
    """Set where the runner's files cannot be written, so that there are no outputs to check."""
    may_end_twice: bool = False
    """Set where a kill comes between a termination and the note of it: nobody knows then."""
    _attempts: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def api(self) -> str:
        """Return the version of Devin's API that the key of the runs opens."""
        return "v3" if self.sim.devin_key.startswith("cog_") else "v1"

    @property
    def is_v3(self) -> bool:
        """Tell whether it is the one without an idempotency of its own."""
        return self.api == "v3"

    @property
    def clock(self) -> SimClock:
        """Return the one clock of everybody."""
        assert isinstance(self.sim.clock, SimClock)
        return self.sim.clock

    @property
    def workspace(self) -> Path:
        """Return the checkout of the caller."""
        return self.folder / "workspace"

    def add_key(self, rest: str, owner: str) -> str:
        """Let Devin accept another key of the same version, and return it."""
        key = f"{'cog' if self.is_v3 else 'apk_user'}_{rest}"
        self.sim.devin.add_key(key, owner)
        return key

    def devin_does(self, *steps: Step) -> None:
        """Script every session to come."""
        self.sim.devin.script(Timeline(steps))

    def on(self, event_name: str, payload: Mapping[str, object], sha: str = "b" * 40) -> None:
        """Let this event start the runs to come."""
        repository = {"default_branch": "main", "full_name": DEFAULT_REPOSITORY}
        (self.folder / "event.json").write_text(json.dumps({"repository": repository, **payload}))
        self.environ |= {"GITHUB_EVENT_NAME": event_name, "GITHUB_SHA": sha}

    def on_pull_request(self, head_sha: str = HEAD, author: str = "octocat") -> None:
        """Let a push to the pull request start the runs to come."""
        self.sim.github.add_pull(self.number, head_sha=head_sha, author=author)
        self.on("pull_request", self.payload(head_sha, author))

    def payload(
        self, head_sha: str = HEAD, author: str = "octocat", *, fork: bool = False
    ) -> dict[str, object]:
        """Return the payload of a push to the pull request."""
        pull = {
            "number": self.number,
            "head": {"sha": head_sha, "repo": {"id": 1296270 if fork else 1296269}},
            "base": {"ref": "main", "repo": {"id": 1296269}},
            "user": {"login": author},
            "author_association": "CONTRIBUTOR",
            "draft": False,
            "labels": [],
            "html_url": f"https://github.com/{DEFAULT_REPOSITORY}/pull/{self.number}",
        }
        return {"action": "synchronize", "pull_request": pull, "sender": {"login": author}}

    def comments(self) -> list[Comment]:
        """Return the comments of the pull request."""
        return self.sim.github.comments_of(self.number)

    def race(self) -> list[Run]:
        """Run the gate twice at the same time; the journals of such runs are empty."""
        return self.clock.run_together(lambda: self.run(alone=False), lambda: self.run(alone=False))

    def run(
        self,
        more: Mapping[str, str] = MappingProxyType({}),
        /,
        *,
        cancellable: bool = False,
        alone: bool = True,
        time_limit: TimeLimit | None = None,
        **inputs: str,
    ) -> Run:
        """Run the gate once with these inputs; an empty one is absent, as the runner has it."""
        attempt = next(self._attempts)
        place = self.folder / f"run-{attempt}"
        place.mkdir()
        given = {"prompt": "Review this.", "structured_output_schema": SCHEMA, **inputs, **more}
        environ = self._environ(place, attempt, given)
        devin, github = len(self.sim.devin.journal), len(self.sim.github.journal)
        began_s, out = self.clock.monotonic_s(), io.StringIO()
        with ExitStack() as process:
            signals = process.enter_context(watched_signals()) if cancellable else None
            stderr = process.enter_context(own_stderr()) if alone else io.StringIO()
            code = main(
                environ,
                clock=self.clock,
                out=out,
                signals=signals,
                time_limit=time_limit,
                compose=self.compose,
            )
        run = Run(
            exit_code=code,
            outputs=_read_values(place / "output"),
            state=_read_values(place / "state"),
            summary=_read_text(place / "summary.md"),
            log=out.getvalue(),
            stderr=stderr.getvalue(),
            comments=tuple(comment.body for comment in self.comments()),
            devin=tuple(self.sim.devin.journal[devin:]) if alone else (),
            github=tuple(self.sim.github.journal[github:]) if alone else (),
            began_s=began_s,
            ended_s=self.clock.monotonic_s(),
            inputs=given,
            environ=environ,
        )
        self.runs.append(run)
        return run

    def run_killed(self, on_line: str, **inputs: str) -> PostRun:
        """Kill a run where its log would show a line, then do its post step as the runner does."""
        return self.post(*self.kill(on_line, **inputs))

    def kill(self, on_line: str, **inputs: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Kill a run where its log would show a line; return its environment and its state."""
        attempt = next(self._attempts)
        place = self.folder / f"run-{attempt}"
        place.mkdir()
        given = {"prompt": "Review this.", "structured_output_schema": SCHEMA, **inputs}
        environ = self._environ(place, attempt, given)
        with suppress(Killed):
            main(environ, clock=self.clock, out=KillingLog(on_line))
            raise AssertionError(f"no line {on_line!r}")
        return environ, _read_values(place / "state")

    def post(self, environ: Mapping[str, str], state: Mapping[str, str]) -> PostRun:
        """Do the post step of a run that left this state."""
        asked = len(self.sim.devin.journal), len(self.sim.github.journal)
        out = io.StringIO()
        handed_on = {f"STATE_{name}": value for name, value in state.items()}
        code = post_main({**environ, **handed_on}, clock=self.clock, out=out)
        now = len(self.sim.devin.journal), len(self.sim.github.journal)
        return PostRun(code, out.getvalue(), state, now[0] - asked[0], now[1] - asked[1])

    def _environ(self, place: Path, attempt: int, inputs: Mapping[str, str]) -> dict[str, str]:
        """Return what the runner sets: its own variables, its files, and every input."""
        files = {"OUTPUT": "output", "STATE": "state", "STEP_SUMMARY": "summary.md"}
        files |= {"ENV": "env", "PATH": "path"}
        for name in files.values():
            (place / name).touch()
        variables = {
            **{f"GITHUB_{name}": str(place / file) for name, file in files.items()},
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": DEFAULT_REPOSITORY,
            "GITHUB_REPOSITORY_ID": "1296269",
            "GITHUB_REF": f"refs/pull/{self.number}/merge",
            "GITHUB_WORKFLOW_REF": f"{DEFAULT_REPOSITORY}/.github/workflows/gate.yml@refs/heads/x",
            "GITHUB_JOB": "gate",
            "GITHUB_ACTION": "devin",
            "GITHUB_RUN_ID": "1000",
            "GITHUB_RUN_ATTEMPT": str(attempt),
            "GITHUB_API_URL": self.sim.github.url,
            "GITHUB_GRAPHQL_URL": self.sim.github.graphql_url,
            "GITHUB_SERVER_URL": "https://github.com",
            "INPUT_DEVIN_API_KEY": self.sim.devin_key,
            "INPUT_DEVIN_API_URL": self.sim.devin.url,
            "INPUT_DEVIN_ORG_ID": DEFAULT_ORG if self.is_v3 else "",
            "INPUT_GITHUB_TOKEN": self.sim.github_token,
            "INPUT_MATRIX": "null",
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
            **self.environ,
        }
        return {name: value for name, value in variables.items() if value or "INPUT_" in name}


def _read_text(path: Path) -> str:
    return path.read_bytes().decode() if path.is_file() else ""


def _read_values(path: Path) -> dict[str, str]:
    return read_values(_read_text(path))


def working(after_s: float = 10) -> Step:
    """Return the step after which Devin works."""
    return Step(after_s, status="running", status_enum="working")


def blocked(after_s: float = 300, output: object = None, message: str | None = None) -> Step:
    """Return the step with which a turn normally ends."""
    return Step(
        after_s,
        status="running",
        status_enum="blocked",
        structured_output=output,
        message=message,
    )


def finished(after_s: float = 300, output: object = None) -> Step:
    """Return the step that says so."""
    return Step(after_s, status="finished", status_enum="finished", structured_output=output)
