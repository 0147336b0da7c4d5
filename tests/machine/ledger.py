"""The model of questions and sessions: which were asked, which must live, who may be ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from simulator import Session
from tests.machine.expected import DEAD, REPAIR, phase_of
from tests.machine.hosting import HostedGate, Past
from tests.machine.rounds import Round, spoilt
from tests.machine.verdicts import COMMIT
from tests.scenarios.world import CREATE, LIST, NUMBER, TAGS

ENDED: Final = "devin-gate:ended"
RACE_S: Final = 5.0
"""How long after a create a run looks again who else has made a session."""
_ASKED = re.compile("^question: ([0-9a-f]{32})$", re.MULTILINE)
_ABOUT = re.compile(f"^pull request: (#{NUMBER}|none)", re.MULTILINE)
_TAG = re.compile("devin-gate:([0-9a-f]{32})(?:-([0-9]))?")


@dataclass
class Ledger:
    """What is known of the whole history."""

    gate: HostedGate
    dead_from: dict[str, int]
    """The first request to Devin at which a session was given up or archived."""
    keys: dict[tuple[object, ...], str] = field(default_factory=dict)
    """The key of each question that was asked."""
    surplus: set[str] = field(default_factory=set)
    """Sessions that may live beside another one of their question, since nobody could end them."""
    most_repairs: int = 0
    """How many repair messages any run was allowed."""

    def note_given_up(self, done: Round) -> None:
        """Write down which sessions were given up by runs of the round, and when."""
        for past in done.pasts:
            for seen in past.devin:
                _, _, named = seen.path.partition("/sessions/")
                name = named.partition("/")[0] if seen.operation == TAGS else ""
                if name and ENDED in self._session(name).tags:
                    self.dead_from.setdefault(name, seen.number)

    def check(self, done: Round) -> None:
        """Check the sessions that a round left."""
        for past in done.pasts:
            self._check_question(past)
            self._check_session_of(past)
            self._check_on_cancel(past)
        self._check_repairs(done)
        self._check_creates(done)
        self._check_nothing_lost(done)
        self._check_terminations(done)
        self._check_living(done)

    def _session(self, name: str) -> Session:
        return self.gate.sim.devin.session(name)

    def _made(self, done: Round) -> list[Session]:
        return self.gate.sim.devin.sessions[done.sessions_before :]

    def _check_question(self, past: Past) -> None:
        """The same question has the same key, another one another; the event's commit is asked."""
        start, log = past.start, past.run.log
        asked, commit, about = _ASKED.search(log), COMMIT.search(log), _ABOUT.search(log)
        if not (asked and commit and about):
            return
        if start.event_name.startswith("pull_request"):
            assert (about[1], commit[1]) == (f"#{NUMBER}", start.head_sha)
        is_shared = start.inputs.get("idempotent") != "false"
        question = (
            *(about[1], commit[1], start.inputs.get("comment_key")),
            start.inputs.get("structured_output_schema"),
            None if is_shared else (start.run_id, start.attempt),
        )
        assert self.keys.setdefault(question, asked[1]) == asked[1], question
        assert list(self.keys.values()).count(asked[1]) == 1, question

    def _check_session_of(self, past: Past) -> None:
        """What a run tells about belongs to its question and its commit."""
        run, named = past.run, past.start.inputs.get("session_id")
        for name in {run.outputs.get("session_id", ""), run.state.get("session_id", "")} - {""}:
            if named:
                assert name == named
                continue
            asked, commit = _ASKED.search(run.log), COMMIT.search(run.log)
            assert asked, run.log
            assert commit, run.log
            assert asked[1] in _keys_of(self._session(name).tags)
            assert f"devin-gate:commit:{commit[1]}" in self._session(name).tags

    def _check_on_cancel(self, past: Past) -> None:
        """`terminate` ends what the run created, in the run or in its post step."""
        run = past.run
        name = run.state.get("session_id")
        was_cancelled = run.state.get("outcome", "cancelled") == "cancelled"
        is_struck = past.is_killed or past.struck_s is not None
        if not (name and was_cancelled and is_struck) or spoilt(past.devin):
            return
        if run.inputs.get("on_cancel") == "terminate" and run.state.get("created") == "true":
            assert not self._session(name).is_living(), (run.log, past.post.log)
            assert ENDED in self._session(name).tags, run.log

    def _check_repairs(self, done: Round) -> None:
        """A session gets no more repair messages than the team allows, over all runs."""
        allowed = [int(past.start.inputs.get("repair_attempts", "1")) for past in done.pasts]
        self.most_repairs = max(self.most_repairs, *allowed)
        for session in self.gate.sim.devin.sessions:
            sent = [text for _, text in session.delivered if text.startswith(REPAIR)]
            assert len(sent) <= self.most_repairs, sent

    def _check_creates(self, done: Round) -> None:
        """A run makes one session at most, and none where one is there that is not dead."""
        made = self._made(done)
        assert len(made) <= len(done.pasts), made
        if not done.is_devin_well or done.list_lag_s:
            return
        for session in made:
            for older in self.gate.sim.devin.sessions[: done.sessions_before]:
                if _keys_of(session.tags).keys() & _keys_of(older.tags).keys():
                    assert self._was_dead(older, done), (older.session_id, session.session_id)

    def _was_dead(self, session: Session, done: Round) -> bool:
        """Tell whether some run of the round could find the session dead when it looked for it."""
        looked = [
            seen
            for past in done.pasts
            for seen in past.run.devin
            if seen.operation in (CREATE, LIST)
        ]
        given_up = self.dead_from.get(session.session_id, float("inf"))
        return any(
            phase_of(session.state_at(seen.at_s), self.gate.api) in DEAD or seen.number >= given_up
            for seen in looked
        )

    def _check_nothing_lost(self, done: Round) -> None:
        """The id of each new session is in a log, or its question's key in a state."""
        for session in self._made(done):
            assert [
                past
                for past in done.pasts
                if session.session_id in past.run.log
                or f"devin-gate:{past.run.state.get('question_key')}" in session.tags
            ], (session.session_id, [past.run.log for past in done.pasts])
            if done.is_alone and done.is_devin_well and not done.is_struck and not done.list_lag_s:
                [past] = done.pasts
                assert past.run.outputs["session_id"] == session.session_id, past.run.log

    def _check_terminations(self, done: Round) -> None:
        """Ended is what its own run was told to end, or what lost against another session."""
        for name in set(self.gate.sim.devin.terminations[done.ended_before :]):
            session = self._session(name)
            assert session in self._made(done), name
            assert ENDED in session.tags
            assert _was_told_to_end(session, done) or self._has_lost(session), name
            answered = [
                seen
                for past in done.pasts
                for seen in past.devin
                if seen.method == "DELETE" and seen.path.endswith(name) and not spoilt([seen])
            ]
            assert len(answered) <= 1 + done.is_struck, name

    def _has_lost(self, session: Session) -> bool:
        """Tell whether another session of the same question stays: an older one, or it died."""
        others = [
            one
            for one in self.gate.sim.devin.sessions
            if one is not session and _generation(one) & _generation(session)
        ]
        at_s = (session.terminated_s or 0.0) - session.created_s
        has_died = phase_of(session.timeline.state_at(at_s), self.gate.api) in DEAD
        return any(one.number < session.number or has_died for one in others)

    def _check_living(self, done: Round) -> None:
        """Each question has one living session at most, but for those that nobody could end."""
        made = self._made(done)
        if done.is_struck or done.list_lag_s > RACE_S or not done.is_devin_well:
            self.surplus |= {session.session_id for session in made}
        living = [
            session
            for session in self.gate.sim.devin.sessions
            if session.is_living()
            and session.session_id not in self.dead_from
            and session.session_id not in self.surplus
        ]
        for session in made:
            beside = [one for one in living if _generation(one) & _generation(session)]
            assert len(beside) <= 1, beside


def _was_told_to_end(session: Session, done: Round) -> bool:
    """Tell whether a run that created it was cancelled or killed, with `on_cancel: terminate`."""
    return any(
        past.run.inputs.get("on_cancel") == "terminate"
        and past.run.state.get("session_id") == session.session_id
        and past.run.state.get("created") == "true"
        and (past.is_killed or past.run.outcome == "cancelled")
        for past in done.pasts
    )


def _keys_of(tags: Sequence[str]) -> dict[str, str]:
    """Return each question's key with the generation, as the tags have them."""
    return {match[1]: match[2] or "0" for tag in tags if (match := _TAG.fullmatch(tag))}


def _generation(session: Session) -> set[tuple[str, str]]:
    return set(_keys_of(session.tags).items())
