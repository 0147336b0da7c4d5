"""Pages of the unit tests, as the product writes them."""

from __future__ import annotations

from entrypoint.core.report import COMMENT, Room, render_page
from entrypoint.core.session import Session
from entrypoint.core.verdict import Verdict
from tests.unit.builders import make_progress, make_redactor


def show(session: Session | None, verdict: Verdict | None, room: Room = COMMENT) -> str:
    """Return the page of a run 125 seconds after it began."""
    return render_page(make_progress(session), verdict, 225.0, room, make_redactor())
