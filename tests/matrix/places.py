"""The story that faults are put into, and where in it each phase is.

Every case tells the same story, whose times are exact: the list of sessions (0 s), the create, the
comment, the list again (5 s), looks at 5, 35, 65, 95, 125 and 130 s, the list a last time, the
comment's end. The turn is over at 100 s. To be terminated, the run is cancelled at 50 s. To be
repaired, the answer is bad: then come looks every 10 s until 245 s, and the message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from simulator import Timeline
from tests.scenarios.world import (
    BAD,
    COMMENT,
    COMMENTS,
    CREATE,
    DETAILS,
    GOOD,
    MESSAGE,
    TERMINATE,
    blocked,
    working,
)

CANCEL_S: Final = 50.0
END_S: Final = 100.0
INTERVAL_S: Final = 30
STORIES: Final = {
    "told": Timeline((working(), blocked(END_S, GOOD))),
    "cancelled": Timeline((working(),)),
    "repaired": Timeline((working(), blocked(END_S, BAD)), ((working(5), blocked(60, GOOD)),)),
}


@dataclass(frozen=True)
class Place:
    """One call of the story, by its operation or its route, and by its number."""

    service: Literal["devin", "github"]
    method: str
    path: str
    skip: int
    """How many calls of the same route come before it."""
    number: int
    """How many calls of the service come before it, with API v1."""
    at_s: float
    number_v3: int | None = None
    """The same with v3, which asks for the messages after each look; `None`: the same number."""

    def find_number(self, *, is_v3: bool) -> int:
        """Return how many calls of the service come before it."""
        return self.number if self.number_v3 is None or not is_v3 else self.number_v3


PLACES: Final = {
    "create": Place("devin", "POST", CREATE, 0, 1, 0),
    "first-poll": Place("devin", "GET", DETAILS, 0, 3, 5),
    "middle-poll": Place("devin", "GET", DETAILS, 2, 5, 65, 7),
    "last-poll": Place("devin", "GET", DETAILS, 5, 8, 130, 13),
    "message": Place("devin", "POST", MESSAGE, 0, 20, 245, 37),
    "terminate": Place("devin", "DELETE", TERMINATE, 0, 6, 50, 8),
    "github-list": Place("github", "GET", COMMENTS, 0, 0, 0),
    "github-create": Place("github", "POST", COMMENTS, 0, 1, 0),
    "github-edit": Place("github", "PATCH", COMMENT, 0, 5, 130),
}
"""One line for each phase; a new one needs its word in `selection.PHASES` and its end in `oracle`."""
POLLS: Final = ("first-poll", "middle-poll", "last-poll")
GITHUB: Final = ("github-list", "github-create", "github-edit")
TIMES: Final = {"once": 1, "below": 3, "past": None, "forever": None}
"""How often a fault happens; *past* ends after the run, before the post step and a re-run."""
LASTS_S: Final = {"once": 0.5, "below": 3.5, "past": None, "forever": None}
"""The same for an outage: attempts are a second apart, so that *below* is four of them at most."""
