"""What PyGithub raises, in our words and with the way out."""

from __future__ import annotations

from typing import Final

import requests
from github import BadAttributeException, GithubException

from entrypoint.errors import GitHubError

_REMEDY_DOWN: Final = "See https://www.githubstatus.com, then re-run the job."
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
FOREIGN: Final = (GithubException, requests.RequestException, OSError, *_UNUSABLE)
"""Everything that a call through PyGithub can raise."""


def explain(error: Exception, permission: str) -> GitHubError:
    """Return what the exception means; `permission` is the access to comments that was needed."""
    if isinstance(error, GithubException):
        return _explain(error, permission)
    if isinstance(error, requests.RequestException | OSError):
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
    if error.status in (403, 429) and "rate limit" in message.lower():
        return GitHubError(
            f"{what[:-1]} (rate limit).",
            "GitHub allows again later; nothing has to be changed.",
            may_pass=True,
        )
    if error.status in (403, 404):
        return GitHubError(
            f"{what[:-1]} (the token may not do this, or there is no such pull request).",
            "Give the job this block: `permissions: { contents: read, "
            f"pull-requests: {permission} " + "}`.",
            is_gone=error.status == 404,  # noqa: PLR2004
        )
    return GitHubError(what, _REMEDY_DOWN, may_pass=error.status >= 500)  # noqa: PLR2004
