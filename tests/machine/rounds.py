"""A round that is over, and what must be true of each process of it, whatever the world was like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from simulator import Exchange
from tests.machine.hosting import HostedGate, Past
from tests.scenarios import invariants

_POST_S: Final = 60.0
_OUT_S: Final = 5.0
_LONGEST_DELAY_S: Final = 8.0
_BEARABLE: Final = 2


@dataclass(frozen=True)
class Round:
    """One run, or several at the same time, and what was there before."""

    pasts: Sequence[Past]
    sessions_before: int
    ended_before: int
    """How many terminations Devin had had."""
    people_came: bool
    list_lag_s: float

    @property
    def is_alone(self) -> bool:
        """Tell whether there was one run only."""
        return len(self.pasts) == 1

    @property
    def is_struck(self) -> bool:
        """Tell whether something befell a run."""
        return any(past.is_killed or past.struck_s is not None for past in self.pasts)

    @property
    def is_devin_well(self) -> bool:
        """Tell whether Devin answered everything as usual."""
        return not any(spoilt(past.devin) for past in self.pasts)

    @property
    def is_github_well(self) -> bool:
        """Tell whether GitHub's trouble was no more than anybody has to bear."""
        return all(_is_bearable(spoilt(past.github)) for past in self.pasts)


def spoilt(exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the exchanges that did not go as usual; a slow answer is usual."""
    return [seen for seen in exchanges if seen.fault not in (None, "Delay")]


def _is_bearable(faults: Sequence[Exchange]) -> bool:
    return len(faults) <= _BEARABLE and all(
        seen.status is None or seen.status >= 500 for seen in faults
    )


def check_process(gate: HostedGate, past: Past) -> None:
    """Check a run and its post step; of a run that was killed only what it left must be true."""
    run = past.run
    invariants.check_secrets(gate, run)
    assert "Traceback" not in run.log + past.post.log, run.log + past.post.log
    _check_post(past)
    if past.is_killed:
        return
    if past.struck_s is None:
        invariants.check_masks(run)
        invariants.check_telling(gate, run)
    elif not past.was_held and not _count_delays(past):
        assert run.ended_s - past.struck_s <= _OUT_S, run.log
    invariants.check_exit_code(run)
    invariants.check_outputs(run)
    invariants.check_one_voice(gate, run)
    invariants.check_calls(gate, run)
    invariants.check_commands(run)
    assert run.stderr == ""
    if name := run.inputs.get("output_file"):
        assert (gate.workspace / name).is_file() is (run.outcome == "passed")


def _check_post(past: Past) -> None:
    """The post step is quick, green, and does nothing where nothing is left to do."""
    run, post = past.run, past.post
    assert post.exit_code == 0
    assert post.ended_s - post.began_s <= _POST_S + _LONGEST_DELAY_S * _count_delays(past), post.log
    is_calm = not (past.is_killed or past.struck_s is not None or spoilt((*run.devin, *run.github)))
    if is_calm or run.state.get("finished"):
        assert (post.devin, post.github) == ((), ()), post.log


def _count_delays(past: Past) -> int:
    return sum(seen.fault == "Delay" for seen in (*past.github, *past.devin))
