"""One HTTP request with limits: time, size, no redirect, no credentials but ours.

What requests does by default and this module does not, each seen to bite: wait for ever, bound
only the time between two bytes, follow a redirect with the prompt to another host, replace our
header by one from `~/.netrc`, unpack 194 KB to 200 MB. Whether a failed request is sent again is
decided in `entrypoint.core.retry`, never here.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import requests
import urllib3.exceptions
from requests.utils import get_environ_proxies

from entrypoint.adapters.timed import TimedAdapter
from entrypoint.adapters.trouble import (
    CA_REMEDY,
    LOGIN_REMEDY,
    NO_TLS_REMEDY,
    is_not_sent,
    is_untrusted,
    wants_proxy_login,
)
from entrypoint.core.documents import DocumentError, read_json_with_flaws
from entrypoint.core.retry import Patience, parse_retry_after
from entrypoint.core.text import Redactor, one_line
from entrypoint.errors import CallFailed, FailureKind, RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from entrypoint.core.documents import Json
    from entrypoint.core.text import Secret

CONNECT_S: Final = 10.0
PATIENCE: Final = Patience(request_s=30.0)
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
_MAX_DETAIL: Final = 2_000
_CHUNK = 65_536


@dataclass(frozen=True)
class Answer:
    """A 2xx answer whose body was JSON."""

    value: Json
    """May hold a `Flaw` where JSON is ambiguous; who reads it decides."""


class Http:
    """Sends requests to one server with one bearer token."""

    def __init__(
        self,
        base_url: str,
        token: Secret,
        *,
        user_agent: str,
        redactor: Redactor | None = None,
        patience: Patience = PATIENCE,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare a connection; nothing is sent.

        `now_s` is the clock of the whole; that of one request is always the machine's own.
        What the server says about an error is kept without the redactor's secrets.

        Raises `RunnerError` where `REQUESTS_CA_BUNDLE` names a file that is not there.
        """
        self._base_url = base_url
        self._request_s = patience.request_s
        self._now_s = now_s
        self._give_up_at_s = now_s() + patience.total_s
        self._redactor = redactor or Redactor((token,))
        self._session = requests.Session()
        # No netrc, which would replace our header. Proxies are taken from the environment below.
        self._session.trust_env = False
        self._session.verify = _ca_bundle(os.environ)
        self._session.headers.update(
            {
                "Authorization": f"Bearer {token.reveal()}",
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": user_agent,
            }
        )
        adapter = TimedAdapter(max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send once and return the answer, or raise `CallFailed`."""
        left_s = min(self._request_s, self._give_up_at_s - self._now_s())
        if left_s <= 0:
            raise CallFailed("Devin's API took too long.", "", kind="refused")
        url = self._base_url + path
        give_up_at_s = time.monotonic() + left_s
        try:
            response = self._session.request(
                method,
                url,
                data=body,
                headers={"Content-Type": "application/json"} if body is not None else None,
                timeout=(min(CONNECT_S, left_s), left_s),
                allow_redirects=False,
                stream=True,
                proxies=get_environ_proxies(url),
            )
            with response:
                raw = _read_body(response, give_up_at_s)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _translate(error) from None
        return _accept(response, raw, self._redactor)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


def _ca_bundle(environ: Mapping[str, str]) -> str | bool:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        path = environ.get(name)
        if path and not os.path.exists(path):  # noqa: PTH110 - a file or a folder, as requests has it
            raise RunnerError(
                f"{name} names a file that is not in the container.",
                "Put the CA bundle into the workspace and set the variable to its path there, "
                "below `/github/workspace`.",
            )
        if path:
            return path
    return True


def _read_body(response: requests.Response, give_up_at_s: float) -> bytes:
    """Return the body, bounded in bytes and in time."""
    body = bytearray()
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _failed("sent an answer of more than 8 MiB", "unreadable", response)
        if time.monotonic() > give_up_at_s:
            raise _failed("took too long to answer", "unclear", response)
    return bytes(body)


def _accept(response: requests.Response, raw: bytes, redactor: Redactor) -> Answer:
    """Return the answer, or raise for what is no 2xx with JSON."""
    status = response.status_code
    if 300 <= status < 400 and status != 304:  # noqa: PLR2004
        raise _failed("answered with a redirect, which is not followed", "refused", response)
    if not 200 <= status < 300:  # noqa: PLR2004
        raise _failed(f"answered {status}", "answered", response, _detail(raw, redactor))
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _failed("answered in an encoding that was not asked for", "unreadable", response)
    try:
        return Answer(read_json_with_flaws(raw.decode("utf-8")))
    except (DocumentError, UnicodeDecodeError):
        raise _failed("answered with something that is no JSON", "unreadable", response) from None


def _detail(raw: bytes, redactor: Redactor) -> str:
    """Return what an error answer says, in one line; empty where it is no JSON that says anything.

    v1 says it in `detail`. v3 sends problems after RFC 9457: `title`, and at times `detail` and
    `errors`, of which nobody has published the form.
    """
    try:
        value = read_json_with_flaws(raw.decode("utf-8"))
    except (DocumentError, UnicodeDecodeError):
        return ""
    if not isinstance(value, dict):
        return ""
    said = [_say(value.get(name)) for name in ("title", "detail", "errors")]
    return one_line(redactor.redact("; ".join(filter(None, said))), _MAX_DETAIL)


def _say(part: object) -> str:
    match part:
        case str():
            return part
        case list():
            return "; ".join(map(_say_item, part[:5]))
        case dict():
            return json.dumps(part, default=str)
        case _:
            return ""


def _say_item(item: object) -> str:
    """Return one entry of FastAPI's validation errors: where, and what is wrong there."""
    if not isinstance(item, dict):
        return _say(item)
    place = item.get("loc")
    if not isinstance(place, list):
        return _say(item)
    return f"{'.'.join(str(step) for step in place)}: {item.get('msg')}"


def _failed(
    what: str, kind: FailureKind, response: requests.Response, detail: str = ""
) -> CallFailed:
    headers = response.headers
    return CallFailed(
        f"Devin's API {what}.",
        "",
        kind=kind,
        status=response.status_code,
        retry_after_s=parse_retry_after(headers.get("Retry-After"), headers.get("Date")),
        detail=detail,
    )


def _translate(error: Exception) -> CallFailed:
    """Return what a foreign exception means. Its own text is never shown: it can hold headers."""
    if is_untrusted(error):
        return CallFailed(
            "The TLS certificate of Devin's API was not accepted.", CA_REMEDY, kind="refused"
        )
    if wants_proxy_login(error):
        return CallFailed("The proxy asks for a login (407).", LOGIN_REMEDY, kind="refused")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return CallFailed("The request could not be written.", "", kind="refused")
    if is_not_sent(error):
        return CallFailed("Devin's API could not be reached.", "", kind="not_sent")
    if isinstance(error, requests.exceptions.SSLError):
        # A portal that speaks no TLS, or a connection that broke after all was sent.
        return CallFailed("The TLS connection to Devin's API broke.", NO_TLS_REMEDY, kind="unclear")
    return CallFailed("The connection to Devin's API broke or timed out.", "", kind="unclear")
