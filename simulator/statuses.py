"""What the two versions of the API call the same moment of a session.

v1 has a ``status_enum`` beside a free ``status``; v3 has a ``status`` with a ``status_detail``,
written here as ``status/status_detail``. Neither version documents the other's words: the pairs
follow from what each word's documentation says of the session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SETTING_UP: Final = "new"
"""v3's word while the machine is set up, when v1's ``status_enum`` is null."""

_V3_OF_V1: Final[Mapping[str, str]] = {
    "working": "running/working",
    "resumed": "running/working",
    "blocked": "running/waiting_for_user",
    "finished": "running/finished",
    "stopped": "exit",
    "expired": "suspended/inactivity",
    "suspend_requested": "suspended/user_request",
    "suspend_requested_frontend": "suspended/user_request",
    "resume_requested": "resuming",
    "resume_requested_frontend": "resuming",
}

_V1_OF_V3: Final[Mapping[str, str | None]] = {
    "new": None,
    "claimed": None,
    "running/waiting_for_user": "blocked",
    "running/waiting_for_approval": "blocked",
    "running/finished": "finished",
    "exit": "finished",
    "error": "expired",
    "resuming": "resume_requested",
}


def find_v3(status: str, status_enum: str | None) -> str:
    """Return v3's words for v1's; a ``status_enum`` that v3 does not have becomes a detail.

    Where it is null ``status`` counts, if it is one of the words.
    """
    if status_enum is None:
        return status if status == "claimed" else _V3_OF_V1.get(status, SETTING_UP)
    return _V3_OF_V1.get(status_enum, f"running/{status_enum}")


def find_status_enum(status_v3: str) -> str | None:
    """Return v1's ``status_enum`` for v3's words; v1 has one word for all that v3 suspends for."""
    if status_v3.startswith("suspended"):
        return "suspend_requested"
    return _V1_OF_V3.get(status_v3, "working")
