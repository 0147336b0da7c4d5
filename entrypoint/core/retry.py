"""Whether a failed request to Devin is sent again, and when. Every such decision is made here.

The adapters send once and tell what happened (`CallFailed`); the loops in `entrypoint.asking` and
`entrypoint.watch` wait. Waits are seconds, at least 1 between two attempts of the same call.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeAlias

from entrypoint.errors import CallFailed

READ_BUDGET_S: Final = 900.0
"""How long Devin may give no usable answer before the run ends with `error`."""
FRESH_S: Final = 60.0
"""How long 403 and 404 on a session that this run created may be a lag of Devin's own."""
LONGEST_RETRY_AFTER_S: Final = 300.0
LONGEST_BACKOFF_S: Final = 30.0
UNCLEAR_RESENDS: Final = 4
"""How often the identical idempotent create is sent again after an unclear failure."""

_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, *range(520, 525)})
_UNCLEAR = frozenset({408, 500, 502, 503, 504, *range(520, 525)})


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for, in seconds."""

    request_s: float
    """For one request."""
    total_s: float = math.inf
    """From the opening of the connection on; after it no request is begun."""


@dataclass(frozen=True)
class RetryAfter:
    """Send it again after so many seconds."""

    duration_s: float


@dataclass(frozen=True)
class GiveUp:
    """Do not send it again."""

    reason: str
    may_have_happened: bool = False
    """True where the server may have done what was asked, though its answer did not arrive."""


Plan: TypeAlias = "RetryAfter | GiveUp"


def plan_read(
    failure: CallFailed, *, attempt: int, failing_s: float, fresh: bool, draw: float
) -> Plan:
    """Decide about a read of a session.

    `attempt` counts the failures in a row from 1; `failing_s` is how long there was no usable
    answer; `fresh` says that this run created the session less than `FRESH_S` ago; `draw` is a
    random number from 0 up to 1.
    """
    lag = fresh and failure.status in (403, 404)
    if not lag and not _may_pass(failure):
        return GiveUp(str(failure))
    if failing_s >= READ_BUDGET_S:
        return GiveUp(f"Devin gave no usable answer for 15 minutes; the last try: {failure}")
    return RetryAfter(_wait(failure, attempt, draw))


def plan_create(
    failure: CallFailed,
    *,
    attempt: int,
    unclear: int,
    idempotent: bool,
    left_s: float,
    draw: float,
) -> Plan:
    """Decide about a create.

    `attempt` counts the failures from 1, `unclear` those among them after which a session may
    exist, this one included; `left_s` is what remains of the budget. A create that surely did
    nothing is sent again; one that may have made a session only where the server itself
    recognises the identical request (`idempotent`), and at most `UNCLEAR_RESENDS` times.
    """
    happened = unclear > 0
    if is_unclear(failure):
        again = idempotent and unclear <= UNCLEAR_RESENDS
    else:
        again = _did_nothing(failure) and (idempotent or not happened)
    wait_s = _wait(failure, attempt, draw)
    if not again or wait_s > left_s:
        return GiveUp(str(failure), may_have_happened=happened)
    return RetryAfter(wait_s)


def is_unclear(failure: CallFailed) -> bool:
    """Tell whether a create that failed like this may have made a session all the same."""
    if failure.kind == "answered":
        return failure.status in _UNCLEAR and not _did_nothing(failure)
    return failure.kind in ("unclear", "unreadable")


def parse_retry_after(value: str | None, date: str | None) -> float | None:
    """Return a Retry-After header in seconds from now, or `None` where it says nothing usable.

    A date (RFC 9110, section 10.2.3) is counted from the answer's own `Date` header, so that no
    clock of ours matters. Negative wishes are 0; the bound is the caller's.
    """
    text = (value or "").strip()
    if re.fullmatch(r"\+?[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return float(text)
    if re.fullmatch(r"-[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return 0.0
    if re.fullmatch(r"\+?[0-9]+", text):
        return LONGEST_RETRY_AFTER_S
    until, now = _parse_date(text), _parse_date((date or "").strip())
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _may_pass(failure: CallFailed) -> bool:
    if failure.kind == "answered":
        return failure.status in _PASSING
    return failure.kind != "refused"


def _did_nothing(failure: CallFailed) -> bool:
    """Tell whether the server surely made no session and may be asked again."""
    turned_away = failure.status == 503 and failure.retry_after_s is not None  # noqa: PLR2004
    return failure.kind == "not_sent" or failure.status == 429 or turned_away  # noqa: PLR2004


def _wait(failure: CallFailed, attempt: int, draw: float) -> float:
    """Return the wait: doubling from 1 s to 30 s, jitter down to 1 s, never below Retry-After."""
    longest = min(LONGEST_BACKOFF_S, 2.0 ** min(attempt - 1, 10))
    wished = min(failure.retry_after_s or 0.0, LONGEST_RETRY_AFTER_S)
    return max(1.0 + (longest - 1.0) * draw, wished)


def _parse_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
