"""What PyGithub raises, in our words and with the way out."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import Final

import requests
import urllib3.exceptions
from github import BadAttributeException, GithubException, IncompletableObject

from entrypoint.adapters.trouble import CA_REMEDY, LOGIN_REMEDY, is_untrusted, wants_proxy_login
from entrypoint.core.retry import parse_retry_after
from entrypoint.errors import GitHubError

_REMEDY_DOWN: Final = "See https://www.githubstatus.com, then re-run the job."
LIMITED_REMEDY: Final = "GitHub allows again later; nothing has to be changed."
_LIMIT_S: Final = 60.0
_UNUSABLE: Final = (
    AssertionError,
    AttributeError,
    BadAttributeException,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What PyGithub raises, or we do, where an answer is not of the promised shape."""
_NETWORK: Final = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
FOREIGN: Final = (GithubException, *_NETWORK, *_UNUSABLE)
"""Everything that a call through PyGithub can raise."""


def explain(error: Exception, permission: str) -> GitHubError:
    """Return what the exception means; `permission` is the access to pull requests that the job needs.

    Its own text is never shown.
    """
    if isinstance(error, GithubException) and not isinstance(error, IncompletableObject):
        return _explain(error, permission)
    if is_untrusted(error):
        return GitHubError("The TLS certificate of GitHub's API was not accepted.", CA_REMEDY)
    if wants_proxy_login(error):
        return GitHubError("The proxy asks for a login (407).", LOGIN_REMEDY)
    if isinstance(error, _NETWORK):
        what = "GitHub's API could not be reached, or did not answer in time."
    else:
        what = "GitHub's API gave an answer that cannot be used."
    return GitHubError(what, _REMEDY_DOWN, may_pass=True)


def _explain(error: GithubException, permission: str) -> GitHubError:
    told = error.data.get("message") if isinstance(error.data, dict) else None
    message = told if isinstance(told, str) else ""
    what = f"GitHub's API answered {error.status}."
    if error.status == 401:  # noqa: PLR2004
        return GitHubError(
            f"{what[:-1]} (the token is not valid any more).",
            "Use `${{ github.token }}`; an installation token of an app of your own dies after an "
            "hour, which a long wait can outlive.",
        )
    is_limited = error.status == 403 and "rate limit" in message.lower()  # noqa: PLR2004
    if error.status == 429 or is_limited:  # noqa: PLR2004
        return GitHubError(
            f"{what[:-1]} (rate limit).",
            LIMITED_REMEDY,
            may_pass=True,
            rest_s=_read_rest(error.headers or {}),
        )
    if error.status in (403, 404):
        return GitHubError(
            f"{what[:-1]} (the token may not do this, or there is no such pull request or branch).",
            "Give the job this block: `permissions: { contents: read, "
            f"pull-requests: {permission} }}`.",
            is_gone=error.status == 404,  # noqa: PLR2004
        )
    return GitHubError(what, _REMEDY_DOWN, may_pass=error.status >= 500)  # noqa: PLR2004


def _read_rest(headers: Mapping[str, str]) -> float:
    """Return the seconds that a limit lasts: what it says, else until its reset, else a minute."""
    date, reset = headers.get("date"), headers.get("x-ratelimit-reset", "")
    said = parse_retry_after(headers.get("retry-after"), date)
    if said is None and reset.isdecimal() and len(reset) < 12:  # noqa: PLR2004 - epoch seconds
        said = parse_retry_after(formatdate(int(reset), usegmt=True), date)
    return _LIMIT_S if said is None else said
