"""What the adapters of Devin's API share: one request, read, or explained with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from entrypoint.core.documents import DocumentError
from entrypoint.core.text import quote
from entrypoint.errors import CallFailed

if TYPE_CHECKING:
    from entrypoint.adapters.http import Answer, Http

_Read = TypeVar("_Read")


class DevinLink:
    """Sends requests of one version; whether one is sent again is for the caller to decide."""

    def __init__(self, http: Http, remedies: Mapping[int, str]) -> None:
        """Use the connection; `remedies` are for the statuses that differ between versions."""
        self._http = http
        self._remedies = {**_REMEDIES, **remedies}

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[Answer], _Read],
        body: bytes | None = None,
    ) -> _Read:
        """Send once and return what the answer says, or raise `CallFailed` with a remedy."""
        try:
            return read(self._http.send(method, path, body))
        except DocumentError as error:
            raise _unreadable(error) from None
        except CallFailed as failure:
            raise self._explain(failure) from None

    def _explain(self, failure: CallFailed) -> CallFailed:
        """Return the failure with a sentence for a person, and what to do about it."""
        said = f" It says: {quote(failure.detail, 300)}." if failure.detail else ""
        named = _WORDS.get(failure.status or 0, "") if failure.kind == "answered" else ""
        return CallFailed(
            str(failure).rstrip(".") + named + "." + said,
            failure.remedy or self._remedy(failure),
            kind=failure.kind,
            status=failure.status,
            retry_after_s=failure.retry_after_s,
            detail=failure.detail,
        )

    def _remedy(self, failure: CallFailed) -> str:
        if failure.kind == "answered":
            return self._remedies.get(failure.status or 0, _REMEDY_DOWN)
        return _REMEDY_DOWN if failure.kind == "unclear" else _REMEDY_ELSEWHERE


def read_nothing(_: Answer) -> None:
    """Read an answer that says no more than that it was done."""


def _unreadable(error: DocumentError) -> CallFailed:
    return CallFailed(
        f"Devin's API gave an answer that cannot be used: {error}.",
        _REMEDY_ELSEWHERE,
        kind="unreadable",
    )


_WORDS: Final = {
    400: " (the request is not valid)",
    401: " (the key is missing or not valid)",
    403: " (the key may not do this)",
    404: " (there is no such session or address)",
    422: " (a field of the request is not valid)",
    429: " (too many requests)",
    500: " (an error inside Devin)",
}

_REMEDY_DOWN: Final = (
    "Re-run the job when Devin answers again; with `idempotent: true` it finds the same session. "
    "See https://status.devin.ai."
)

_REMEDY_ELSEWHERE: Final = (
    "Check `devin_api_url` and the runner's network: perhaps a proxy or a web page answers there, "
    "or nobody. If both are right, see https://status.devin.ai and re-run the job."
)

_REMEDIES: Final = {
    402: "Add credits or a payment method in Devin, then re-run the job.",
    404: "Check `devin_api_url`; if it is right, the session was deleted or belongs to another "
    "organisation.",
    422: "Correct the input that belongs to the named field.",
}
