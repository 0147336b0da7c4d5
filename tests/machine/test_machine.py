"""Any history at all: sessions, faults, people, signals, kills, several runs, a model beside it."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from simulator import Simulation, Timeline
from simulator.github_records import ACTIONS_LOGIN
from tests.machine import drawing, scripts
from tests.machine.conversation import Conversation
from tests.machine.drawing import Circumstances, Devin, Mishap, Part, Trouble
from tests.machine.hosting import HostedGate, Past, Start
from tests.machine.ledger import ENDED, Ledger
from tests.machine.rounds import Round, check_process
from tests.machine.verdicts import Verdicts
from tests.scenarios.conftest import KEYS
from tests.scenarios.world import HEAD

LONG: Final = "MACHINE_EXAMPLES"
"""Set to a number, so many histories are drawn, other ones each time."""


class History(RuleBasedStateMachine):
    """One pull request, and everything that may happen to it."""

    folder: Path
    """Where the runs have their files; emptied for each history."""
    api: str
    """The version of Devin's API."""

    def __init__(self) -> None:
        super().__init__()
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "workspace").mkdir(parents=True)
        self.sim = Simulation(devin_key=KEYS[self.api])
        self.gate = HostedGate(self.sim, self.folder)
        self.others_key = self.gate.add_key("of_somebody_else", "somebody@else.test")
        self.gate.on_pull_request()
        self.verdicts = Verdicts(self.gate)
        self.ledger = Ledger(self.gate, self.verdicts.dead_from)
        self.conversation = Conversation(self.gate)
        self.starts: list[Start] = []
        self.head = HEAD
        self.workflow: dict[str, str] = {}
        self.people_came = False

    @initialize(timelines=st.lists(scripts.timelines, min_size=1, max_size=3))
    def begin(self, timelines: list[Timeline]) -> None:
        """Script the first sessions."""
        self.sim.devin.script(*timelines)

    @rule(devin=drawing.devins, workflow=st.none() | drawing.workflows)
    def arrange(self, devin: Devin, workflow: dict[str, str] | None) -> None:
        """Let sessions to come do something else, Devin be another one, the step's inputs change."""
        if devin.timelines:
            self.sim.devin.script(*devin.timelines)
        self.sim.devin.list_lag_s = devin.list_lag_s
        self.sim.devin.idempotent_finds_terminated = devin.finds_terminated
        self.sim.devin.unknown_fields = (
            set() if devin.knows_schema else {"structured_output_schema"}
        )
        self.workflow = self.workflow if workflow is None else workflow

    @rule(what=drawing.mishaps, after_s=st.sampled_from((0.0, 5.0, 100.0, 1000.0)))
    def people_come(self, what: Mishap, after_s: float) -> None:
        """Let somebody do something between two runs."""
        self.gate.clock.sleep(after_s)
        self._befall(what)

    @rule(part=drawing.parts(), around=drawing.circumstances)
    def run(self, part: Part, around: Circumstances) -> None:
        """Run for the newest commit, whatever happens to the run."""
        self._round([part], [self._start(part)], around)

    @rule(part=drawing.parts(), which=st.integers(0, 3), around=drawing.circumstances)
    def run_again(self, part: Part, which: int, around: Circumstances) -> None:
        """Re-run one of the last runs: its event, its inputs, the next attempt."""
        if not self.starts:
            return
        old = self.starts[-1 - which % len(self.starts)]
        attempts = [one.attempt for one in self.starts if one.run_id == old.run_id]
        again = replace(old, attempt=max(attempts) + 1)
        self.starts.append(again)
        self._round([part], [again], around)

    @rule(parts=st.lists(drawing.parts(), min_size=2, max_size=3), around=drawing.circumstances)
    def run_together(self, parts: list[Part], around: Circumstances) -> None:
        """Run several at the same time, or nearly so."""
        self._round(parts, [self._start(part) for part in parts], around)

    def teardown(self) -> None:
        """Close the world."""
        self.sim.close()
        assert self.sim.devin.failures == []
        assert self.sim.github.failures == []

    def _start(self, part: Part) -> Start:
        """Return a new workflow run for the newest commit."""
        inputs = dict(self.workflow)
        if inputs.pop("session_id", "") and self.sim.devin.sessions:
            inputs["session_id"] = self.sim.devin.sessions[-1].session_id
            inputs.pop("idempotent", "")  # no session is created then
        run_id = 1000 + len({one.run_id for one in self.starts})
        key = self.others_key if part.is_others else self.sim.devin_key
        self.starts.append(Start(run_id, 1, part.event, self.head, key, inputs))
        return self.starts[-1]

    def _round(self, parts: Sequence[Part], starts: Sequence[Start], around: Circumstances) -> None:
        """Run what starts to the end of all post steps, and hold it against the model."""
        (self.gate.workspace / "answer.json").unlink(missing_ok=True)
        for one in (*around.troubles, *(part.lost for part in parts if part.lost)):
            self._spoil(one)
        sessions, ended = len(self.sim.devin.sessions), len(self.sim.devin.terminations)
        now_s, self.people_came = self.gate.clock.monotonic_s(), False
        for after_s, what in around.mishaps:
            self.gate.clock.at(now_s + after_s, self._befalls(what))
        pasts = self._host(parts, starts)
        self.sim.devin.forget_faults()
        self.sim.github.forget_faults()
        lag_s = self.sim.devin.list_lag_s
        self._check(Round(pasts, sessions, ended, self.people_came, lag_s))

    def _check(self, done: Round) -> None:
        """Hold a round against the model."""
        self.ledger.note_given_up(done)
        for past in done.pasts:
            check_process(self.gate, past)
            self.verdicts.check(past)
        self.ledger.check(done)
        self.conversation.check(done)
        assert self.sim.devin.unknown_requests() == []
        assert self.sim.github.unknown_requests() == []

    def _host(self, parts: Sequence[Part], starts: Sequence[Start]) -> list[Past]:
        if len(starts) == 1:
            return [self.gate.host(starts[0], parts[0].fate)]
        return self.gate.clock.run_together(*map(self._later, parts, starts))

    def _later(self, part: Part, start: Start) -> Callable[[], Past]:
        def call() -> Past:
            self.gate.clock.sleep(part.after_s)
            return self.gate.host(start, part.fate, alone=False)

        return call

    def _spoil(self, one: Trouble) -> None:
        service = self.sim.devin if one.service == "devin" else self.sim.github
        service.inject(
            one.method,
            one.path,
            one.fault,
            times=one.times,
            skip=one.skip,
            after_commit=one.after_commit,
        )

    def _befalls(self, what: Mishap) -> Callable[[], None]:
        return lambda: self._befall(what)

    def _befall(self, what: Mishap) -> None:
        """Do what people do, if there is anything to do it to."""
        self.people_came = True
        ours = [one for one in self.gate.comments() if one.login == ACTIONS_LOGIN]
        living = [one for one in self.sim.devin.sessions if one.is_living()]
        match what:
            case Mishap.PUSH:
                self.head = f"{len(self.starts):040x}"
                self.sim.github.edit_pull(self.gate.number, head_sha=self.head)
                self.verdicts.note_head(self.head)
            case Mishap.TERMINATE if living:
                living[-1].terminated_s = self.gate.clock.monotonic_s()
            case Mishap.GIVE_UP if living:
                self.verdicts.note_dead(living[-1])
                living[-1].tags.append(ENDED)
            case Mishap.ARCHIVE if living:
                self.verdicts.note_dead(living[-1])
                living[-1].archived = True
            case Mishap.MESSAGE if living:
                living[-1].delivered.append((self.gate.clock.monotonic_s(), "Go on, please."))
            case Mishap.DELETE if ours:
                self.sim.github.delete_comment(ours[-1].id)
            case Mishap.EDIT if ours:
                self.sim.github.edit_comment(ours[-1].id, f"{ours[-1].body}\n\nEdited.")
            case Mishap.COPY if ours:
                self.conversation.paste(ours[-1])
            case _:
                pass


@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", KEYS)
def test_whatever_happens(tmp_path: Path, version: str) -> None:
    """No history of sessions, faults, people, signals and runs breaks a promise."""
    threads = set(threading.enumerate())

    class Here(History):
        folder = tmp_path / "history"
        api = version

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=int(os.environ.get(LONG, "40")),
            stateful_step_count=8,
            derandomize=LONG not in os.environ,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert set(threading.enumerate()) <= threads
