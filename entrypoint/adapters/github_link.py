"""PyGithub's connections, with limits that it does not have.

What PyGithub 2.10 does by itself and these do not, each seen: take an answer without a body for an
empty list (then a second comment is made), follow a 301, sleep and ask again after a 202, hold
what 200 KB of gzip unpack to, wait for ever for a server that drips.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    RequestsResponse,
)

from entrypoint.adapters.timed import TimedAdapter
from entrypoint.errors import GitHubError

if TYPE_CHECKING:
    import requests

MAX_BODY_BYTES: Final = 32 * 1024 * 1024
"""A page holds a hundred comments of 65,536 characters each, at most."""
_CHUNK: Final = 65_536
_SOMETHING = re.compile(r"\s*(?:\[|\{\s*\")")
"""A list, or an object with at least one field."""
_Link: TypeAlias = "HTTPRequestsConnectionClass | HTTPSRequestsConnectionClass"


class LimitedHttps(HTTPSRequestsConnectionClass):
    """An encrypted connection."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - PyGithub's own
        """Take what PyGithub gives."""
        super().__init__(*given, **named)
        self.session.mount("https://", TimedAdapter(max_retries=0))

    def getresponse(self) -> RequestsResponse:
        """Send the request and return the whole answer."""
        return _ask(self)


class LimitedHttp(HTTPRequestsConnectionClass):
    """An Enterprise Server's without encryption, or the simulator's."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - PyGithub's own
        """Take what PyGithub gives."""
        super().__init__(*given, **named)
        self.session.mount("http://", TimedAdapter(max_retries=0))

    def getresponse(self) -> RequestsResponse:
        """Send the request and return the whole answer."""
        return _ask(self)


class _Whole(RequestsResponse):
    """An answer that has been read."""

    def __init__(self, response: requests.Response, text: str) -> None:
        super().__init__(response)
        self._text = text

    def read(self) -> str:
        return self._text


def _ask(link: _Link) -> RequestsResponse:
    """Send the request once; raises `ValueError` for a success that says nothing usable."""
    with link.session.request(
        link.verb,
        f"{link.protocol}://{link.host}:{link.port}{link.url}",
        headers={**link.headers, "Accept-Encoding": "identity"},
        data=link.input,
        timeout=link.timeout,
        verify=link.verify,
        allow_redirects=False,
        stream=True,
    ) as response:
        raw = _read(response)
    status = response.status_code
    if status in (301, 302, 303, 307, 308):
        raise GitHubError(
            f"GitHub's API answered {status}, a redirect, which is not followed.",
            "Run the job anew where the repository was renamed; else look at what answers in "
            "GitHub's place.",
        )
    if status >= 400:  # noqa: PLR2004
        return _Whole(response, raw.decode("utf-8", "replace"))
    text = raw.decode("utf-8")
    is_deleted = link.verb == "DELETE" and status == 204  # noqa: PLR2004
    if not is_deleted and not (status in (200, 201) and _SOMETHING.match(text)):
        raise ValueError(status)
    return _Whole(response, text)


def _read(response: requests.Response) -> bytes:
    """Return the body as it was sent: nothing is unpacked."""
    body = bytearray()
    while piece := response.raw.read1(_CHUNK, decode_content=False):
        body += piece
        if len(body) > MAX_BODY_BYTES:
            raise ValueError(len(body))
    return bytes(body)
