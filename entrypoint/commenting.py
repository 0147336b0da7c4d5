"""One comment on the pull request: made once, found again, edited in place, always ended.

GitHub's troubles are warnings here and never the verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from entrypoint.core.comment import (
    Comment,
    Create,
    Leave,
    Marker,
    Update,
    may_be_ours,
    plan_comment,
)
from entrypoint.core.event import ByMergeGroup, ByNumber, PullRequest
from entrypoint.core.outcome import Outcome
from entrypoint.core.question import comment_key_of
from entrypoint.core.retry import Patience
from entrypoint.errors import GitHubError

if TYPE_CHECKING:
    from entrypoint.core.event import Trigger
    from entrypoint.core.progress import Progress
    from entrypoint.core.settings import Settings
    from entrypoint.core.verdict import Verdict
    from entrypoint.world import GitHub, World

HURRIED: Final = Patience(request_s=1.0, total_s=1.0)
"""For when the runner is about to kill us: the whole takes two seconds at most."""
_MEANWHILE: Final = Patience(request_s=10.0, total_s=20.0)
_AT_THE_END: Final = Patience(request_s=10.0, total_s=50.0)
"""With the last request the whole stays below 60 s."""


class Commenter:
    """Keeps the gate's comment up to date while the run goes on."""

    def __init__(self, world: World, progress: Progress) -> None:
        """Send nothing yet."""
        self._world = world
        self._progress = progress
        self._login = ""
        self._comment: Comment | None = None
        """The one that was last written."""
        self._patience: Patience | None = None
        self._gives_way = False

    def hurry(self, patience: Patience) -> None:
        """From now on wait so long for GitHub, and no longer."""
        self._patience = patience

    def give_way(self) -> None:
        """From now on leave what a later step of the same attempt has written."""
        self._gives_way = True

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
        goes_on = verdict is None or verdict.outcome is Outcome.STARTED
        if goes_on and progress.pull_request and progress.pull_request.is_by_devin:
            # Devin may answer comments on its own pull requests: one at the end is enough.
            return True
        patience = self._patience or (_AT_THE_END if verdict else _MEANWHILE)
        github = self._world.open_github(settings, trigger, patience)
        marker = _marker(settings, trigger)
        # The second half is for the last try.
        give_up_at_s = self._world.clock.monotonic_s() + patience.total_s / 2
        wait_s = 1.0
        while error := self._try(github, number, marker, verdict):
            if (
                not (error.may_pass or error.is_gone)
                or self._world.clock.monotonic_s() + wait_s > give_up_at_s
            ):
                self._complain(error, verdict)
                return False
            self._world.clock.sleep(wait_s)
            wait_s *= 2
        return True

    def _complain(self, error: GitHubError, verdict: Verdict | None) -> None:
        """Say that there is no comment; a warning only at the end, since till then it may come."""
        if verdict is None:
            # Why is told at the end, if it is still so: the same sentence twice would be noise.
            self._world.runner.event("The comment could not be written; it is tried again later.")
        else:
            said = f"There is no comment on the pull request: {error} {error.remedy}"
            self._progress.trouble = said
            self._world.runner.annotate("warning", "Devin Gate: no comment", said)

    def _try(
        self, github: GitHub, number: int, marker: Marker, verdict: Verdict | None
    ) -> GitHubError | None:
        """Write once; return the error, if any."""
        try:
            if self._find_and_write(github, number, marker, verdict):
                # Another run may have made one at the same moment: the lowest id stays.
                self._find_and_write(github, number, marker, verdict, just_made=True)
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
        existing = github.list_comments(number)
        if not self._login and may_be_ours(existing, marker):
            self._login = self._author_of_own(existing) or github.read_login()
        plan = plan_comment(existing, self._login, marker, gives_way=self._gives_way)
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
                self._world.runner.event("A later run or step has written the comment; it stays.")
            case _:
                assert_never(plan)
        for one in surplus:
            github.delete_comment(one.comment_id)
        return False

    def _author_of_own(self, existing: tuple[Comment, ...]) -> str:
        """Return who wrote the comment that this run has just made, as the list has it."""
        made = self._comment.comment_id if self._comment else None
        return next((one.author for one in existing if one.comment_id == made), "")

    def _take_over(self, comment: Comment) -> None:
        self._comment = comment
        self._progress.comment_url = comment.html_url

    def _render(self, marker: Marker, verdict: Verdict | None) -> str:
        from entrypoint.core.report import COMMENT, render_page  # late: Devin is asked first

        now_s = self._world.clock.monotonic_s()
        redactor = self._world.runner.redactor
        return f"{marker}\n{render_page(self._progress, verdict, now_s, COMMENT, redactor)}"


def _marker(settings: Settings, trigger: Trigger) -> Marker:
    run_id = int(trigger.run_id) if trigger.run_id.isdecimal() else 0
    return Marker(comment_key_of(settings, trigger), run_id, trigger.run_attempt)
