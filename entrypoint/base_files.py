"""Files as the tip of the base branch has them, so that what they judge cannot edit them.

They come through GitHub's API: no checkout is needed, and none is trusted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entrypoint.asking import ask_github
from entrypoint.core.documents import DocumentError
from entrypoint.core.event import Base, ByMergeGroup, ByNumber, PullRequest
from entrypoint.core.text import quote
from entrypoint.core.values import parse_path

if TYPE_CHECKING:
    from entrypoint.core.event import Trigger
    from entrypoint.core.input_reader import FileText
    from entrypoint.core.settings import Settings
    from entrypoint.world import World

MAX_FILE_BYTES: Final = 1024 * 1024


class BaseFiles:
    """The files of one run. Every method raises `GitHubError` where GitHub does not answer."""

    def __init__(self, world: World, settings: Settings, trigger: Trigger) -> None:
        """Ask nothing yet."""
        self._world = world
        self._settings = settings
        self._trigger = trigger
        self._base = Base("", trigger.sha)
        self._head_sha = ""

    def find_base(self, pull_request: PullRequest | None) -> tuple[PullRequest | None, Base]:
        """Return the pull request with the base branch that it has now, and that branch's tip.

        Without a pull request it is the commit of the run.
        """
        if pull_request is None:
            return None, self._base
        if not isinstance(self._trigger.which, ByMergeGroup | ByNumber):
            # The payload's base may be that of before a retarget, and its `base.sha` is an old tip.
            number = pull_request.number
            now = ask_github(
                self._world,
                self._settings,
                self._trigger,
                lambda github: github.read_pull_request(number),
            )
            pull_request = replace(pull_request, base_ref=now.base_ref)
        ref = pull_request.base_ref
        sha = ask_github(
            self._world, self._settings, self._trigger, lambda github: github.read_branch(ref)
        )
        self._base, self._head_sha = Base(ref, sha), pull_request.head_sha
        return pull_request, self._base

    def read(self, path: str) -> FileText:
        """Return the file's text, or why there is none."""
        try:
            plain = parse_path(path)
            found = self._ask(plain, self._base.sha)
            if found is None:
                raise self._missing(plain)
            if isinstance(found, DocumentError):
                return found
            if len(found) > MAX_FILE_BYTES:
                return DocumentError("it has more than 1024 KiB")
            return found.decode("utf-8-sig")
        except UnicodeDecodeError:
            return DocumentError("it is not UTF-8")
        except DocumentError as error:
            return error

    def _ask(self, path: str, sha: str) -> bytes | DocumentError | None:
        return ask_github(
            self._world, self._settings, self._trigger, lambda github: github.read_file(path, sha)
        )

    def _missing(self, path: str) -> DocumentError:
        if self._head_sha and self._ask(path, self._head_sha) is not None:
            return DocumentError(
                f"it is in the pull request alone, and files are read from {quote(self._base.ref)}, "
                "which the pull request cannot edit; merge it there first, or set "
                "`files_from: workspace` where everybody who can write to a pull request may "
                "change what judges it"
            )
        where = quote(self._base.ref) if self._base.ref else "the commit"
        return DocumentError(
            f"there is no such file at {where} ({quote(self._base.sha[:12])}); the token also needs "
            "`contents: read`"
        )
