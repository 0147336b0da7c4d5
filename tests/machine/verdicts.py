"""The model of the verdicts: what each run was shown, and which outcome follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from simulator import Exchange, Session
from tests.machine.expected import REPAIR, Course, Shown, look
from tests.machine.hosting import HostedGate, Past
from tests.machine.rounds import spoilt
from tests.scenarios.world import DETAILS, HEAD, MESSAGE, MESSAGES, NUMBER

COMMIT = re.compile("^commit: ([0-9a-f]{40})$", re.MULTILINE)
"""Where a run's log says which commit is asked about."""
_GOOD = {"passed", "completed"}


@dataclass
class Verdicts:
    """What decides beside the sessions' own scripts, and when it could be seen."""

    gate: HostedGate
    dead_from: dict[str, int] = field(default_factory=dict)
    """The first request to Devin at which a session was given up or archived."""
    heads: list[tuple[int, str]] = field(default_factory=lambda: [(0, HEAD)])
    """The heads of the pull request, each with the first request to GitHub that could see it."""

    def note_dead(self, session: Session) -> None:
        """Write down that a person gives up a session, or archives it, now."""
        self.dead_from.setdefault(session.session_id, len(self.gate.sim.devin.journal))

    def note_head(self, sha: str) -> None:
        """Write down that the pull request has another head from now on."""
        self.heads.append((len(self.gate.sim.github.journal), sha))

    def check(self, past: Past) -> None:
        """The verdict is the one that the table has for what Devin showed; an error has a cause."""
        run = past.run
        if past.is_killed:
            return
        if run.outcome == "cancelled":
            assert past.struck_s is not None, run.log
        elif run.outcome == "error":
            assert spoilt(run.devin) or spoilt(run.github), run.log
        elif not run.outputs["session_id"]:
            assert run.outcome == "session_failed", run.log
        else:
            self._check_judged(past)

    def _check_judged(self, past: Past) -> None:
        run, session = past.run, self.gate.sim.devin.session(past.run.outputs["session_id"])
        commit = COMMIT.search(run.log)
        assert commit, run.log
        if f"devin-gate:commit:{commit[1]}" not in session.tags:
            assert run.outcome == "stale", run.log
            return
        course = self._course(past, session)
        assert course.looks, run.log
        allowed = {course.conclude()}
        if course.is_answered and any(seen.fault == "Delay" for seen in run.devin):
            # Whether it had settled depends on when the slow answers came.
            allowed |= {"timed_out", "passed" if course.schema else "completed"}
        if allowed & _GOOD and "pull request: #" in run.log:
            allowed = self._look_whether_it_moved(past, commit[1], allowed)
        assert run.outcome in allowed, (run.outcome, allowed, course, run.log)
        assert course.had_its_time(), (course, run.log)

    def _look_whether_it_moved(self, past: Past, commit: str, allowed: set[str]) -> set[str]:
        """Return the outcomes, less a good one about a head that GitHub said is not there."""
        looks = [seen for seen in past.run.github if seen.path.endswith(f"/pulls/{NUMBER}")]
        if not looks or looks[-1].status != 200 or spoilt(looks[-1:]):
            return allowed | {"stale"}
        head = [sha for number, sha in self.heads if number <= looks[-1].number][-1]
        return allowed if head == commit else allowed - _GOOD | {"stale"}

    def _course(self, past: Past, session: Session) -> Course:
        run = past.run
        schema = run.inputs["structured_output_schema"]
        sent = run.asked(MESSAGE)
        texts = [text for at_s, text in session.delivered if at_s <= run.ended_s]
        repairs = sum(text.startswith(REPAIR) for text in texts)
        most = int(run.inputs.get("repair_attempts", "1")) if schema else 0
        return Course(
            looks=list(self._looks(past, session)),
            schema=schema,
            last_s=run.devin[-1].at_s,
            deadline_s=run.began_s + 60.0 * int(run.inputs["timeout_minutes"]),
            may_repair=repairs < most and not sent,
            repaired_s=sent[-1].at_s if sent else None,
            waits_for_people=run.inputs.get("on_blocked") == "wait",
        )

    def _looks(self, past: Past, session: Session) -> Iterator[Shown]:
        dead_from = self.dead_from.get(session.session_id, float("inf"))
        for seen, heard in pairwise((*past.run.devin, None)):
            if seen is None or seen.operation != DETAILS or session.session_id not in seen.path:
                continue
            if self.gate.is_v3:  # a look has two parts, and a question about the cost has one
                if heard and heard.operation == MESSAGES and _are_usable(seen, heard):
                    yield look(session, seen, heard, dead_from, "v3")
            elif _are_usable(seen):
                yield look(session, seen, seen, dead_from, "v1")


def _are_usable(*answers: Exchange) -> bool:
    return all(seen.status == 200 and not spoilt([seen]) for seen in answers)
