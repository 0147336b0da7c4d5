"""What requests and urllib3 raise, told apart.

Their exceptions nest in several ways, and their texts can hold headers, so the key: only the types
are looked at, and one fixed text of CPython's own.
"""

from __future__ import annotations

import ssl
from typing import Final

import requests
import urllib3.exceptions

_PROXY_LOGIN: Final = "Tunnel connection failed: 407"
"""How http.client says it (CPython 3.11 to 3.13)."""

_NOT_SENT: Final = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)

CA_REMEDY: Final = (
    "Behind a proxy with a private CA set `REQUESTS_CA_BUNDLE` in the step's `env:` to a "
    "bundle in the workspace."
)
NO_TLS_REMEDY: Final = (
    "Check `devin_api_url` and the runner's network: perhaps a proxy or a web page answers there "
    "without TLS. If both are right, re-run the job."
)
LOGIN_REMEDY: Final = "Put user and password into `HTTPS_PROXY` on the runner."


def is_untrusted(error: Exception) -> bool:
    """Tell whether the server's certificate was not accepted: expired, another host's, unknown.

    Other TLS trouble is the network's: the connection can break in the middle of an answer.
    """
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def wants_proxy_login(error: Exception) -> bool:
    """Tell whether the proxy refused its tunnel for want of a login."""
    return any(str(cause).startswith(_PROXY_LOGIN) for cause in _causes(error))


def is_not_sent(error: Exception) -> bool:
    """Tell whether nothing of the request can have reached the server."""
    return any(isinstance(cause, _NOT_SENT) for cause in _causes(error))


def _causes(error: BaseException) -> list[BaseException]:
    """Return the exception and what it wraps: its arguments, reasons, causes and contexts."""
    found: list[BaseException] = []
    pending: list[object] = [error]
    while pending:
        item = pending.pop()
        if isinstance(item, BaseException) and item not in found:
            found.append(item)
            pending += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
    return found
