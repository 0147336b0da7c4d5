"""How long something took, in the words of a person."""

from __future__ import annotations


def say_duration(duration_s: float) -> str:
    """Return a duration as a person says it: `45 s`, `12 min 5 s`, `1 h 3 min`."""
    whole = max(0, int(duration_s))
    minutes, seconds = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes and seconds:
        return f"{minutes} min {seconds} s"
    return f"{minutes} min" if minutes else f"{seconds} s"
