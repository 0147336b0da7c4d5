"""What must come out, written down: kind of trouble, phase and persistence give an `End`.

Source: "Sending a create" and the reads of the Devin API's notes, promises 1 to 5, and the list of
faults. Four kinds of trouble are told apart by what a client may conclude from them:

- `not-sent`: nothing reached the server, so anything may be sent again;
- `unclear`: it may have done what was asked, or not; here it did not;
- `done`: it did, and its answer was lost;
- `refused`: sending again cannot help, or must not be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from tests.matrix.places import GITHUB, POLLS

Kind: TypeAlias = Literal["not-sent", "unclear", "done", "refused"]


@dataclass(frozen=True)
class End:
    """How one case must end."""

    outcome: str
    sessions: int = 1
    """How many were made in all, by the re-run too."""
    retried: bool | None = True
    """Whether the spoiled call is made again in the same run; `None`: either is right."""
    comment: Literal["ended", "open", "none"] = "ended"
    """After the post step; `open`: begun and never ended, since GitHub was down to the end."""
    again: str | None = None
    """The outcome of a re-run once all is well again, where one is made."""
    said: str = ""
    """Words in the reason."""
    terminated: bool = False
    """Whether the session was ended in Devin."""


Ends: TypeAlias = "dict[str, End]"
"""By persistence."""

_PASSED: Final = End("passed")
_MAYBE: Final = "may have started a session"
_UNREAD: Final = "could not be read"

_CREATE: Final[dict[Kind, Ends]] = {
    "not-sent": {
        "once": _PASSED,
        "below": _PASSED,
        "past": End("error", again="passed", comment="none"),
        "forever": End("error", sessions=0, comment="none"),
    },
    "unclear": {
        "once": _PASSED,
        "below": _PASSED,
        "past": End("error", again="passed", comment="none", said=_MAYBE),
        "forever": End("error", sessions=0, comment="none", said=_MAYBE),
    },
    # The session is found by its tag, so that the run goes on.
    "done": dict.fromkeys(("once", "below", "past", "forever"), _PASSED),
    "refused": {
        "once": End("error", retried=False, again="passed", comment="none"),
        "forever": End("error", sessions=0, retried=False, comment="none"),
    },
}
# v3 knows no idempotency, so that a create that may have worked is never sent a second time: it is
# looked for. Here it did not work, and a re-run asks again.
_CREATE_V3: Final[dict[Kind, Ends]] = _CREATE | {
    "unclear": {
        "once": End("error", retried=False, again="passed", comment="none", said=_MAYBE),
        "forever": End("error", sessions=0, retried=False, comment="none", said=_MAYBE),
    },
    "done": dict.fromkeys(("once", "forever"), End("passed", retried=False)),
}
_READ_DOWN: Final[Ends] = {
    "once": _PASSED,
    "below": _PASSED,
    "past": End("error", again="passed", said=_UNREAD),
    "forever": End("error", said=_UNREAD),
}
_READ: Final[dict[Kind, Ends]] = {
    "not-sent": _READ_DOWN,
    "unclear": _READ_DOWN,
    "done": _READ_DOWN,
    "refused": {
        "once": End("error", retried=False, again="passed", said=_UNREAD),
        "forever": End("error", retried=False, said=_UNREAD),
    },
}
_NOT_DELIVERED: Final = "was not delivered"
_NOT_TAKEN_UP: Final = "did not take up"
# A message is no read: one that may have arrived is not sent again, since it costs a turn.
_MESSAGE: Final[dict[Kind, Ends]] = {
    "not-sent": {
        "once": _PASSED,
        "below": _PASSED,
        "past": End("invalid_output", again="passed", said=_NOT_DELIVERED),
        "forever": End("invalid_output", said=_NOT_DELIVERED),
    },
    "unclear": {
        "once": End("invalid_output", retried=False, again="passed", said=_NOT_TAKEN_UP),
        "forever": End("invalid_output", retried=False, said=_NOT_TAKEN_UP),
    },
    "done": dict.fromkeys(("once", "forever"), End("passed", retried=False)),
    "refused": {
        "once": End("invalid_output", retried=False, again="passed", said=_NOT_DELIVERED),
        "forever": End("invalid_output", retried=False, said=_NOT_DELIVERED),
    },
}
# Once: the post step, which finds the session again, ends it.
_LEFT_ALONE: Final[Ends] = {
    "once": End("cancelled", retried=False, terminated=True),
    "forever": End("cancelled", retried=False),
}
_TERMINATE: Final[dict[Kind, Ends]] = {
    "not-sent": _LEFT_ALONE,
    "unclear": _LEFT_ALONE,
    "done": dict.fromkeys(("once", "forever"), End("cancelled", retried=False, terminated=True)),
    "refused": _LEFT_ALONE,
}


def find_end(kind: Kind, phase: str, persistence: str, api: str) -> End | None:
    """Return how the case must end; `None` where the combination means nothing."""
    if phase in GITHUB:
        return _find_github_end(kind, phase, persistence)
    if phase in POLLS:
        return _READ[kind].get(persistence)
    create = _CREATE_V3 if api == "v3" else _CREATE
    return {"create": create, "message": _MESSAGE, "terminate": _TERMINATE}[phase][kind].get(
        persistence
    )


def find_outage_end(kind: Kind, phase: str, persistence: str, api: str) -> End | None:
    """Return the same for trouble on the way, which all calls to the service meet from then on."""
    if phase == "message" and persistence in ("past", "forever"):
        end = _READ[kind].get(persistence)
    else:
        end = find_end(kind, phase, persistence, api)
        # After a create that is never sent again the list is asked, and that again and again.
        if phase != "create" or api != "v3" or kind != "unclear":
            return end
    return replace(end, retried=None) if end else None


def _find_github_end(kind: Kind, phase: str, persistence: str) -> End | None:
    """GitHub's trouble never changes the verdict; what it can cost is the comment's end."""
    if kind == "refused" and persistence in ("below", "past"):
        return None
    if kind == "done" and phase == "github-create" and persistence == "below":
        return None  # the comment is found by the next look, so there is no second create
    if persistence != "forever" or (kind == "done" and phase != "github-list"):
        return End("passed", retried=None)
    return End("passed", retried=None, comment="open" if phase == "github-edit" else "none")
