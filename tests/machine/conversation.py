"""The model of the pull request's conversation: one comment of a gate, ended, by its youngest run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator import Comment
from simulator.github_records import ACTIONS_LOGIN
from tests.machine.hosting import HostedGate
from tests.machine.rounds import Round
from tests.scenarios.page import show

_MARKER = re.compile(r"<!-- devin-gate key=(\S+) run=(\d+) attempt=(\d+) -->")


@dataclass
class Conversation:
    """The comments of the pull request."""

    gate: HostedGate
    strangers: dict[int, str] = field(default_factory=dict)
    """Comments of others, which nobody touches."""

    def paste(self, comment: Comment) -> None:
        """Let somebody post the same text."""
        copy = self.gate.sim.github.add_comment(self.gate.number, comment.body, "mallory")
        self.strangers[copy.id] = copy.body

    def check(self, done: Round) -> None:
        """Check the comments that a round left."""
        comments = {one.id: one for one in self.gate.comments()}
        for number, body in self.strangers.items():
            assert comments[number].body == body
        inputs = done.pasts[0].start.inputs
        if inputs.get("comment") == "off" or not done.is_github_well:
            return
        ours = [one for one in comments.values() if _is_ours(one, inputs.get("comment_key"))]
        assert len(ours) <= 1, ours
        for one in ours:
            _check_ended(one, done)
            _check_youngest(one, done)
        if done.is_alone and not done.people_came and not done.is_struck:
            run = done.pasts[0].run
            is_told = bool(run.outputs["session_id"]) and "pull request: #" in run.log
            assert not is_told or len(ours) == 1, run.log


def _check_ended(comment: Comment, done: Round) -> None:
    """What a run of this round wrote says how it ended."""
    runs = {(past.start.run_id, past.start.attempt) for past in done.pasts}
    is_open = show(comment.body).headings[0].startswith("⏳")
    assert not is_open or _marker_of(comment.body) not in runs, comment.body


def _check_youngest(comment: Comment, done: Round) -> None:
    """Nobody writes over what a younger run wrote; a race for the same second may."""
    if not any(seen.fault for past in done.pasts for seen in past.github):
        marker = _marker_of(comment.body)
        assert marker == max(_written(comment, done), default=marker), comment.body


def _written(comment: Comment, done: Round) -> Iterator[tuple[int, int]]:
    """Yield which runs have written the comment in this round."""
    for past in done.pasts:
        for seen in past.github:
            is_edit = seen.method == "PATCH" and seen.path.endswith(f"/{comment.id}")
            if is_edit and isinstance(seen.json, dict):
                yield _marker_of(str(seen.json["body"]))


def _is_ours(comment: Comment, key: str | None) -> bool:
    """Tell whether it is the comment of the gate with this `comment_key`, or of the one without."""
    match = _MARKER.match(comment.body)
    if match is None or comment.login != ACTIONS_LOGIN:
        return False
    return (match[1] == "security") is (key == "security")


def _marker_of(body: str) -> tuple[int, int]:
    """Return run and attempt of the marker."""
    match = _MARKER.match(body)
    return (int(match[2]), int(match[3])) if match else (0, 0)
