"""What the machine draws: what spoils answers, what people do, what is asked, what befalls a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hypothesis import strategies as st

from simulator import (
    Answer,
    CutBody,
    CutChunked,
    Delay,
    Fault,
    Raw,
    Redirect,
    Reset,
    Timeline,
)
from tests.machine.fate import Blow, Contact, Fate
from tests.machine.scripts import timelines
from tests.scenarios.world import (
    COMMENT,
    COMMENTS,
    CREATE,
    DETAILS,
    LIST,
    MESSAGE,
    TAGS,
    TERMINATE,
)

LISTS: Final = "type: array\nminItems: 1\nitems: {type: integer}\n"
"""The other schema."""
PULLS: Final = "/repos/{owner}/{repo}/*pulls*"


@dataclass(frozen=True)
class Trouble:
    """What spoils the answers to some requests while a run is under way."""

    service: str
    method: str
    path: str
    fault: Fault
    times: int | None = 1
    skip: int = 0
    after_commit: bool = False


_ROUTES: Final = (
    *(("devin", "POST", CREATE), ("devin", "GET", LIST), ("devin", "GET", DETAILS)),
    *(("devin", "*", TAGS), ("devin", "DELETE", TERMINATE), ("devin", "POST", MESSAGE)),
    ("devin", "*", "*"),
    *(("github", "POST", "/graphql"), ("github", "GET", COMMENTS), ("github", "POST", COMMENTS)),
    *(("github", "PATCH", COMMENT), ("github", "DELETE", COMMENT), ("github", "GET", PULLS)),
    ("github", "*", "*"),
)
_WAITS: Final = ("0", "3", "1.5", "-5", "40", "1000000000", "soon")
_ANSWERS: Final = st.one_of(
    st.builds(
        Answer,
        st.sampled_from((500, 502, 503, 504, 520, 408, 409, 425, 501, 202, 204, 304)),
        st.sampled_from((b"", "<h1>Bad Gateway</h1>", {"detail": "Something went wrong"})),
    ),
    st.builds(
        Answer,
        st.sampled_from((400, 401, 402, 403, 404, 422)),
        st.sampled_from((b"", {"detail": "No"}, {"message": "Not Found"})),
    ),
    st.builds(
        lambda status, wait: Answer(status, {"detail": "slow"}, (("Retry-After", wait),)),
        st.sampled_from((429, 503)),
        st.sampled_from(_WAITS),
    ),
    st.builds(Answer, st.just(200), st.sampled_from((b"", b"null", "<html>", b"[]", b'{"a":1}'))),
)
_FAULTS: Final = st.one_of(
    _ANSWERS,
    _ANSWERS,
    st.sampled_from((Reset(), CutBody(20), CutChunked(20), Raw(b"HTTP/1.1 200 OK\r\nCont"))),
    st.builds(Delay, st.sampled_from((0.5, 3.0, 8.0))),
    st.just(Redirect("http://127.0.0.1:1/")),
)


def _make_trouble(
    route: tuple[str, str, str], fault: Fault, times: int | None, skip: int, *, late: bool
) -> Trouble:
    # What a delayed answer says was true when it was asked for, so that it can be foretold.
    return Trouble(*route, fault, times, skip, after_commit=late or isinstance(fault, Delay))


_TROUBLES: Final = st.lists(
    st.builds(
        _make_trouble,
        st.sampled_from(_ROUTES),
        _FAULTS,
        st.sampled_from((1, 1, 1, 2, 4, 20, None)),
        st.sampled_from((0, 0, 0, 1, 2, 5)),
        late=st.booleans(),
    ),
    max_size=3,
)


class Mishap(Enum):
    """What people do."""

    PUSH = "push a commit"
    TERMINATE = "terminate the newest session"
    GIVE_UP = "tag it as ended"
    ARCHIVE = "archive it"
    MESSAGE = "write to Devin"
    DELETE = "delete the newest comment"
    EDIT = "add a line to it"
    COPY = "paste it as one's own"


mishaps: Final = st.sampled_from(Mishap)


@dataclass(frozen=True)
class Circumstances:
    """What happens around one run or several: spoilt answers, and people at seconds."""

    troubles: Sequence[Trouble]
    mishaps: Sequence[tuple[float, Mishap]]


circumstances: Final = st.builds(
    Circumstances,
    _TROUBLES,
    st.lists(st.tuples(st.sampled_from((0.5, 2, 7, 30, 70, 200, 400)), mishaps), max_size=2),
)

_LOST: Final = tuple(
    Trouble(*route, Reset(), after_commit=True)
    for route in _ROUTES
    if route[1] in ("POST", "PATCH", "DELETE") or route[2] == TAGS
)


@dataclass(frozen=True)
class Part:
    """One of the runs that start: its event, whose key it has, when it starts, what befalls it."""

    event: str
    is_others: bool
    """Whether its key is that of another owner of sessions."""
    after_s: float
    fate: Fate | None
    lost: Trouble | None
    """What is lost just when it is struck."""


_MOST: Final = {
    Contact.LOG: 30,
    Contact.CLOCK: 120,
    Contact.SLEEP: 40,
    Contact.FILE: 40,
    Contact.SEND: 50,
    Contact.SPOILT: 2,
    Contact.SECOND: 300,
}
"""Up to which contact of a kind a blow is tried; few runs have more."""


@st.composite
def parts(draw: st.DrawFn) -> Part:
    """Return a run; nothing befalls some."""
    blow, lost = draw(st.sampled_from((None, None, *Blow))), None
    contact = draw(st.sampled_from(Contact)) if blow else None
    number = draw(st.integers(0, _MOST[contact])) if contact else 0
    if contact is Contact.SPOILT:
        lost = draw(st.none() | st.sampled_from(_LOST))
    return Part(
        draw(st.sampled_from(_EVENTS)),
        draw(st.sampled_from((False, False, True))),
        draw(st.sampled_from((0.0, 0.0, 1.0, 4.0, 30.0))),
        Fate(blow, contact, number) if blow and contact else None,
        lost,
    )


_EVENTS: Final = (
    *("pull_request", "pull_request", "pull_request_review", "push", "issue_comment"),
)

workflows: Final = st.fixed_dictionaries(
    {},
    optional={
        "structured_output_schema": st.sampled_from(("", LISTS)),
        "on_cancel": st.sampled_from(("terminate", "terminate", "leave")),
        "idempotent": st.just("false"),
        "timeout_minutes": st.sampled_from(("1", "2", "5", "60")),
        "allow_outcomes": st.sampled_from(("timed_out", "blocked, invalid_output", "expired")),
        "comment_key": st.just("security"),
        "comment": st.just("off"),
        "poll_interval_seconds": st.sampled_from(("10", "60", "300")),
        "output_file": st.just("answer.json"),
        "repair_attempts": st.sampled_from(("0", "0", "1", "2")),
        "on_blocked": st.just("wait"),
        "session_id": st.just("the newest"),
    },
)
"""The `with:` block of the step."""


@dataclass(frozen=True)
class Devin:
    """What Devin is like from now on; `None` leaves what it does."""

    timelines: Sequence[Timeline] | None
    list_lag_s: float = 0.0
    finds_terminated: bool = True
    """Whether its idempotency gives back a session that was terminated."""
    knows_schema: bool = True


devins: Final = st.builds(
    Devin,
    st.none() | st.lists(timelines, min_size=1, max_size=3),
    st.sampled_from((0.0, 0.0, 3.0, 30.0)),
    st.booleans(),
    st.booleans(),
)
