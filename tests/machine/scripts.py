"""What sessions do over time: mostly they work and end, sometimes anything at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from simulator import KEEP, Step, Timeline
from tests.scenarios.world import BAD, DEVIN_PR, GOOD, blocked, finished, working

_GAPS_S: Final = (0, 1, 3, 4, 5, 6, 10, 30, 60, 110, 120, 125, 300, 900)
_OUTPUTS: Final[tuple[object, ...]] = (
    *(None, GOOD, {"risk": "high", "note": "x"}, [1, 2]),
    *(BAD, {}, "low", 0, [GOOD], {"structured_output": GOOD}, {"Risk": "low"}),
)
_STATUSES: Final = ("running", "working", "blocked", "finished", "expired", "claimed", "")
_STATUS_ENUMS: Final = (
    *(None, "working", "blocked", "finished", "expired", "stopped", "resumed"),
    *("suspend_requested", "suspend_requested_frontend", "resume_requested", "error", "Blocked"),
)


_STATUSES_V3: Final = (
    *("new", "claimed", "running", "running/working", "running/waiting_for_user"),
    *("running/waiting_for_approval", "running/finished", "exit", "error", "resuming"),
    *("suspended/inactivity", "suspended/user_request", "suspended/out_of_credits"),
    *("suspended/error", "suspended/tomorrow", "running/dreaming", "Exit"),
)


def _or_keep(values: tuple[object, ...]) -> st.SearchStrategy[object]:
    return st.just(KEEP) | st.sampled_from(values)


_STEPS: Final = st.lists(
    st.builds(
        Step,
        after_s=st.sampled_from(_GAPS_S),
        status=_or_keep(_STATUSES),
        status_enum=_or_keep(_STATUS_ENUMS),
        status_v3=_or_keep(_STATUSES_V3),
        structured_output=_or_keep(_OUTPUTS),
        pull_request_url=_or_keep((None, DEVIN_PR, DEVIN_PR.replace("13", "12"), "javascript:1")),
        message=st.none() | st.sampled_from(("Done.", "::error::Which one?", "@octocat ```")),
        touch=st.booleans(),
    ),
    max_size=6,
)


def _in_turn(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps with the gaps between them as times."""
    at_s, placed = 0.0, []
    for step in steps:
        at_s += step.after_s
        placed.append(replace(step, after_s=at_s))
    return tuple(placed)


_USUAL: Final = st.builds(
    lambda end, at_s, output: (working(), end(at_s, output)),
    st.sampled_from((blocked, finished)),
    st.sampled_from((20, 60, 200, 400, 4000)),
    st.sampled_from(_OUTPUTS),
)
_DYING: Final = st.builds(
    lambda at_s, output: (
        working(),
        Step(at_s, status_enum="expired", status_v3="error", structured_output=output),
    ),
    st.sampled_from((15, 60, 200)),
    st.sampled_from(_OUTPUTS),
)

timelines: Final = st.builds(
    Timeline,
    steps=_USUAL | _USUAL | _DYING | st.builds(_in_turn, _STEPS),
    on_message=st.lists(st.builds(_in_turn, _STEPS), max_size=1).map(tuple),
)
