"""One comment on the pull request: made once, found again, edited in place, always ended.

GitHub's troubles are warnings here and never the verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.core.comment import Comment, Create, Leave, Marker, Update, plan_comment
from entrypoint.core.event import ByMergeGroup, ByNumber, PullRequest
from entrypoint.core.question import comment_key_of
from entrypoint.core.report import COMMENT, render_page
from entrypoint.errors import GitHubError
from entrypoint.world import REQUEST_S

if TYPE_CHECKING:
    from entrypoint.core.event import Trigger
    from entrypoint.core.progress import Progress
    from entrypoint.core.settings import Settings
    from entrypoint.core.verdict import Verdict
    from entrypoint.world import GitHub, World

_HURRIED_S: Final = 2
_MEANWHILE_S: Final = 5.0
_AT_THE_END_S: Final = 30.0
"""With the last try, of at most three requests, the whole stays below 60 s."""


class Commenter:
    """Keeps the gate's comment up to date while the run goes on."""

    def __init__(self, world: World, progress: Progress) -> None:
        """Send nothing yet."""
        self._world = world
        self._progress = progress
        self._github: GitHub | None = None
        self._login = ""
        self._comment: Comment | None = None
        """The one that was last written."""
        self._request_s = REQUEST_S

    def hurry(self) -> None:
        """From now on a request may wait two seconds: the runner is about to kill us."""
        self._request_s = _HURRIED_S
        self._github = None

    def write(self, verdict: Verdict | None) -> bool:
        """Write what is known; `verdict` is `None` while Devin works. Never raises.

        Tells whether nothing is left to be written.

        A new comment is made only once there is a session; one that is there is brought up to
        date by every outcome.
        """
        progress = self._progress
        settings, trigger, number = progress.settings, progress.trigger, self._number()
        if settings is None or trigger is None or number is None:
            return True
        if settings.comment == "off" or not settings.github_token:
            return True
        if verdict is None and progress.pull_request and progress.pull_request.is_by_devin:
            # Devin may answer comments on its own pull requests: one at the end is enough.
            return True
        give_up_at_s = self._world.clock.monotonic_s() + self._patience(verdict)
        wait_s = 1.0
        while error := self._try(settings, trigger, number, verdict):
            if (
                not (error.may_pass or error.is_gone)
                or self._world.clock.monotonic_s() + wait_s > give_up_at_s
            ):
                self._complain(error, verdict)
                return False
            self._world.clock.sleep(wait_s)
            wait_s *= 2
        return True

    def _patience(self, verdict: Verdict | None) -> float:
        """Return for how many seconds GitHub's trouble is waited out."""
        if self._is_hurried:
            return 0.0
        return _MEANWHILE_S if verdict is None else _AT_THE_END_S

    def _complain(self, error: GitHubError, verdict: Verdict | None) -> None:
        """Say that there is no comment; a warning only at the end, since till then it may come."""
        if verdict is None:
            self._world.runner.log(f"The comment could not be written: {error}")
        else:
            said = f"{error} {error.remedy}"
            self._progress.trouble = f"There is no comment on the pull request: {said}"
            self._world.runner.annotate("warning", "Devin Gate: no comment", said)

    def _try(
        self, settings: Settings, trigger: Trigger, number: int, verdict: Verdict | None
    ) -> GitHubError | None:
        """Write once; return the error, if any."""
        try:
            self._write(settings, trigger, number, verdict)
        except GitHubError as error:
            return error
        return None

    def _number(self) -> int | None:
        """Return the pull request's number, known before the pull request is."""
        progress = self._progress
        which = progress.pull_request or (progress.trigger.which if progress.trigger else None)
        match which:
            case PullRequest(number=number) | ByNumber(number) | ByMergeGroup(number=number):
                return number
            case _:
                return None

    def _write(
        self, settings: Settings, trigger: Trigger, number: int, verdict: Verdict | None
    ) -> None:
        github = self._github or self._world.open_github(settings, trigger, self._request_s)
        self._github = github
        marker = Marker(
            comment_key_of(settings, trigger),
            int(trigger.run_id) if trigger.run_id.isdecimal() else 0,
            trigger.run_attempt,
        )
        self._login = self._login or github.read_login()
        if self._find_and_write(github, number, marker, verdict):
            # Another run may have made one at the same moment: of several the lowest id stays.
            self._find_and_write(github, number, marker, verdict, just_made=True)

    def _find_and_write(
        self,
        github: GitHub,
        number: int,
        marker: Marker,
        verdict: Verdict | None,
        *,
        just_made: bool = False,
    ) -> bool:
        """Find our comment on the pull request and write it; tell whether it was made."""
        plan = plan_comment(github.list_comments(number), self._login, marker)
        match plan:
            case Create():
                if self._progress.created is None or just_made:
                    return False
                self._take_over(github.create_comment(number, self._render(marker, verdict)))
                return True
            case Update(comment, surplus):
                is_written = just_made and comment == self._comment
                self._take_over(comment)
                if not is_written:
                    github.edit_comment(comment.comment_id, self._render(marker, verdict))
            case Leave(comment, surplus):
                self._take_over(comment)
                self._world.runner.log("A younger run has written the comment; it is left alone.")
            case _:
                assert_never(plan)
        for one in surplus:
            github.delete_comment(one.comment_id)
        return False

    def _take_over(self, comment: Comment) -> None:
        self._comment = comment
        self._progress.comment_url = comment.html_url

    @property
    def _is_hurried(self) -> bool:
        return self._request_s == _HURRIED_S

    def _render(self, marker: Marker, verdict: Verdict | None) -> str:
        now_s = self._world.clock.monotonic_s()
        redactor = self._world.runner.redactor
        return f"{marker}\n{render_page(self._progress, verdict, now_s, COMMENT, redactor)}"
