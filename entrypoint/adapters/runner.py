"""The protocol of GitHub's runner: log, commands, files. Nobody else speaks it.

Source: actions/runner 2.336. Commands are lines on stdout; outputs, state and the summary are files
whose paths are in the environment. `GITHUB_ENV` and `GITHUB_PATH` are never written.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from entrypoint.adapters.files import read_regular
from entrypoint.core.documents import DocumentError
from entrypoint.core.durations import say_duration
from entrypoint.core.text import Redactor, Secret, clean, escape_data, escape_property
from entrypoint.errors import RunnerError

MAX_ANNOTATION = 4_096
_MAX_EVENT_BYTES = 32 * 1024 * 1024


class Runner:
    """Talks to the runner that started this container.

    Every text goes through a redactor first. `log` and the annotations are for our own sentences
    with foreign text already made inert by `entrypoint.core.text`.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        out: TextIO | None = None,
        now_s: Callable[[], float] | None = None,
    ) -> None:
        """Use the paths in the environment; write lines to `out` (stdout).

        `now_s` tells monotonic seconds; without it the events have no time, as in the post step.
        """
        self._environ = environ
        self._out = out or sys.stdout
        self._now_s = now_s
        self._began_s = now_s() if now_s else 0.0
        self._redactor = Redactor(())
        self._is_group_open = False

    def mask(self, values: tuple[Secret, ...]) -> None:
        """Have the runner mask the values in its logs, and redact them in all that we write."""
        for value in values:
            for line in value.reveal().splitlines():
                if line.strip():
                    self._write(f"::add-mask::{escape_data(line)}")
        self._redactor = Redactor(values)

    @property
    def redactor(self) -> Redactor:
        """Return what knows the secrets."""
        return self._redactor

    def log(self, line: str) -> None:
        """Write one line; a line can never be a command, nor steer a terminal."""
        shown = " ".join(clean(line).splitlines())
        text = self._redactor.redact(shown).replace("##[", "## [")
        # The runner ignores blanks before `::`.
        self._write(f": {text.lstrip()[1:]}" if text.lstrip().startswith("::") else text)

    def event(self, line: str) -> None:
        """Write one line as `log` does, after the time since the run began."""
        passed = f"[{say_duration(self._now_s() - self._began_s)}] " if self._now_s else ""
        self.log(f"{passed}{line}")

    def open_group(self, title: str) -> None:
        """Start a part of the log that a reader can fold."""
        self._write(f"::group::{escape_data(self._redactor.redact(title))}")
        self._is_group_open = True

    def close_group(self) -> None:
        """End the group, if one is open."""
        if self._is_group_open:
            self._write("::endgroup::")
            self._is_group_open = False

    def annotate(self, level: str, title: str, message: str) -> None:
        """Show a message at the top of the run; `level` is `error`, `warning` or `notice`."""
        text = self._redactor.redact(message).replace("##[", "## [")[:MAX_ANNOTATION]
        shown = escape_property(self._redactor.redact(title))
        self._write(f"::{level} title={shown}::{escape_data(text)}")

    def read_event(self) -> str:
        """Return the text of the webhook payload, or raise `RunnerError`."""
        path = Path(self._environ.get("GITHUB_EVENT_PATH") or "/github/workflow/event.json")
        try:
            return read_regular(path, _MAX_EVENT_BYTES).decode("utf-8", "replace")
        except DocumentError as error:
            raise _no_event(str(error)) from None
        except OSError as error:
            raise _no_event(error.strerror or "it cannot be opened") from None

    def read_workspace_file(self, name: str, max_bytes: int) -> str | DocumentError:
        """Return the text of a file below the workspace, or why there is none."""
        try:
            return _read_below(self._workspace(), name, max_bytes)
        except FileNotFoundError:
            return DocumentError(
                "there is no such file in the workspace; `actions/checkout` must run before this "
                "step"
            )
        except OSError as error:
            return DocumentError(error.strerror or "it cannot be read")
        except RuntimeError:  # Python 3.11 raises this for links in a circle
            return DocumentError("its links lead in a circle")
        except DocumentError as error:
            return error

    def write_workspace_file(self, name: str, text: str) -> None:
        """Write a file below the workspace, owned by the workspace's owner.

        Raises `RunnerError`, and then leaves no half of it. No link is followed, and an existing
        file is replaced whole.
        """
        workspace = self._workspace()
        target = workspace / name
        try:
            folder = target.parent.resolve()
            if not folder.is_relative_to(workspace) or target.is_symlink():
                raise _no_output_file(name, "it leads out of the workspace or is a link")
            made = [one for one in (folder, *folder.parents) if not one.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / target.name
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
            descriptor = os.open(path, flags, 0o644)
            _write_or_remove(path, descriptor, self._redactor.redact(text))
            owner = workspace.stat()
            for one in (*made, path):
                os.chown(one, owner.st_uid, owner.st_gid, follow_symlinks=False)
        except OSError as error:
            raise _no_output_file(name, error.strerror or "it cannot be written") from None
        except RuntimeError:
            raise _no_output_file(name, "its links lead in a circle") from None

    def write_output(self, name: str, value: str) -> None:
        """Set an output. Raises `RunnerError` where the runner's file cannot be written."""
        self.write_outputs({name: value})

    def write_outputs(self, values: Mapping[str, str]) -> None:
        """Set several outputs, all or none. Raises `RunnerError` as above."""
        self._append("GITHUB_OUTPUT", "".join(map(self._block, values, values.values())))

    def write_state(self, name: str, value: str) -> None:
        """Save a value for the post step, as `STATE_<name>`."""
        self._append("GITHUB_STATE", self._block(name, value))

    def write_summary(self, markdown: str) -> None:
        """Replace this step's part of the job summary."""
        self._append("GITHUB_STEP_SUMMARY", markdown, mode="w")

    def _block(self, name: str, value: str) -> str:
        """Return a value as the runner reads it, between delimiters that are not in it."""
        text = self._redactor.redact(value)
        delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
        while delimiter in text:
            delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
        return f"{name}<<{delimiter}\n{text}\n{delimiter}\n"

    def _append(self, variable: str, text: str, mode: str = "a") -> None:
        path = self._environ.get(variable)
        if not path:
            raise RunnerError(
                f"The variable {variable} is not set.",
                "Run the action as a step of a GitHub Actions workflow.",
            )
        file_path, size = Path(path), 0
        try:
            size = file_path.stat().st_size if mode == "a" and file_path.is_file() else 0
            with file_path.open(mode, encoding="utf-8", errors="replace", newline="") as file:
                file.write(text)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.truncate(file_path, size)  # what a full disk took of it
            raise RunnerError(
                f"The runner's file {variable} cannot be written: {error.strerror}.",
                "Look for a full disk or a read-only mount on the runner.",
            ) from None

    def _workspace(self) -> Path:
        return Path(self._environ.get("GITHUB_WORKSPACE") or "/github/workspace").resolve()

    def _write(self, line: str) -> None:
        shown = line.encode("utf-8", "replace").decode("utf-8")
        # A log that nobody reads any more must not keep the outputs and the comment from ending.
        with contextlib.suppress(OSError):
            print(shown, file=self._out, flush=True)


def _write_or_remove(path: Path, descriptor: int, text: str) -> None:
    """Write the file that was opened empty; where it does not fit, remove what there is of it."""
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _read_below(workspace: Path, name: str, max_bytes: int) -> str:
    """Return the text of a regular file below the workspace, or raise."""
    resolved = (workspace / name).resolve()
    if not resolved.is_relative_to(workspace):
        message = "it leads out of the workspace"
        raise DocumentError(message)
    try:
        return read_regular(resolved, max_bytes).decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "it is not UTF-8"
        raise DocumentError(message) from None


def _no_event(why: str) -> RunnerError:
    return RunnerError(
        f"The event file (GITHUB_EVENT_PATH) cannot be read: {why}.",
        "Run the action as a step of a GitHub Actions workflow.",
    )


def _no_output_file(name: str, why: str) -> RunnerError:
    return RunnerError(
        f"`output_file` ({name}) cannot be written: {why}.",
        "Name a file in a folder of the workspace that this step may write.",
    )
