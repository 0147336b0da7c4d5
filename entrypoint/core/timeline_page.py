"""What people see of how a run went: its moments, and how long each of them lasted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from entrypoint.core.durations import say_duration
from entrypoint.core.tables import render_grid

MOST_SHOWN: Final = 20


@dataclass(frozen=True)
class Moment:
    """Something new that began then, in words of ours."""

    at_s: float
    """Monotonic seconds."""
    what: str


def render_timeline(moments: list[Moment], began_s: float, now_s: float, end: str) -> str:
    """Return the moments with their times; of very many the latest."""
    shown = moments[-MOST_SHOWN:]
    left_out = len(moments) - len(shown)
    ends = [*(moment.at_s for moment in shown[1:]), now_s]
    rows = [
        (say_duration(one.at_s - began_s), one.what, say_duration(until_s - one.at_s))
        for one, until_s in zip(shown, ends, strict=True)
    ]
    rows.append((say_duration(now_s - began_s), f"<b>{end}</b>", ""))
    more = f"<p>{left_out} earlier moments are in the log.</p>\n" if left_out else ""
    table = render_grid(("After", "What", "For"), rows)
    return f"#### How it went\n\n{more}{table}"
