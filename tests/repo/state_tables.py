"""Writes docs/states.md: how Devin's states map, from the tables that the code uses.

`python -m tests.repo.state_tables` rewrites the page; `test_state_tables.py` checks that nothing had
to be rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from entrypoint.core.limits import LIMITS
from entrypoint.core.session import Phase
from entrypoint.core.session_v1 import PHASES_V1
from entrypoint.core.session_v3 import PHASES_V3

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "states.md"
_HEAD: Final = """\
# Where a session is

Written by `python -m tests.repo.state_tables` from the tables that the code uses; not edited by hand.

Each version of Devin's API has its own words for where a session is. Devin Gate has one *phase* for
both, the output `phase`; the API's own word is the output `status`. A word that is not listed here is
work and never an end, except that a suspended session sleeps, whatever it sleeps for.
"""
_MEANS: Final = {
    Phase.STARTING: "the machine is being set up; wait",
    Phase.WORKING: "wait",
    Phase.AWAITING_USER: "the turn is over: the output is judged, without one it is `blocked`",
    Phase.FINISHED: "the turn is over: the output is judged, without one it is `missing_output`",
    Phase.AWAITING_APPROVAL: "`needs_approval`",
    Phase.SUSPENDED: "`suspended`",
    Phase.LIMITED: "`limit_reached`",
    Phase.EXPIRED: "`expired`",
    Phase.FAILED: "`session_failed`",
}
_UNLISTED_V1: Final = {
    Phase.STARTING: "null, unless the free `status` is one of these words",
    Phase.WORKING: "every other word",
}
_UNLISTED_V3: Final = {
    Phase.WORKING: "`running` with any other detail, every other status",
    Phase.SUSPENDED: "`suspended` with any other detail",
}


def render_page() -> str:
    """Return the whole page."""
    phases = [
        f"| `{phase}` | {_MEANS[phase]} | {_words(PHASES_V1, phase, _UNLISTED_V1)} "
        f"| {_words(PHASES_V3, phase, _UNLISTED_V3)} |"
        for phase in Phase
    ]
    limits = [f"| `{name}` | {one.what} {one.remedy} |" for name, one in LIMITS.items()]
    return "\n".join(
        [
            _HEAD,
            "| phase | what comes of it | v1: `status_enum` | v3: `status/status_detail` |",
            "| --- | --- | --- | --- |",
            *phases,
            "",
            "## The limits of v3",
            "",
            "| `status_detail` of a session that is suspended or has exited | what it is, and what to do |",
            "| --- | --- |",
            *limits,
            "",
        ]
    )


def _words(table: Mapping[str, Phase], phase: Phase, unlisted: Mapping[Phase, str]) -> str:
    named = [f"`{word}`" for word, one in table.items() if one is phase]
    return ", ".join([*named, *([unlisted[phase]] if phase in unlisted else [])]) or "none"


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
