"""The runner's files and the workspace, with everything that a checkout can plant there."""

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from entrypoint.adapters.runner import Runner
from entrypoint.core.documents import DocumentError
from entrypoint.core.text import Secret
from entrypoint.errors import RunnerError
from tests.runner_model import read_commands, read_masks, read_plain_lines, read_values

SECRET = "ghs_0123456789abcdef"
AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can give a file away, as in the container"
)


class Step:
    """A step's runner, its files and its log."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "workspace"
        self.workspace.mkdir()
        self.files = {
            name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
        }
        self.out = io.StringIO()
        paths = {name: str(path) for name, path in self.files.items()}
        self.runner = Runner({**paths, "GITHUB_WORKSPACE": str(self.workspace)}, self.out)

    @property
    def log(self) -> str:
        return self.out.getvalue()

    def outputs(self) -> dict[str, str]:
        return read_values(self.files["GITHUB_OUTPUT"].read_bytes().decode())


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """Give a step with an empty workspace."""
    return Step(tmp_path)


def test_an_event_has_the_time_since_the_beginning() -> None:
    """And none where nobody knows when the run began."""
    out, times_s = io.StringIO(), iter([100.0, 165.0])
    Runner({}, out, lambda: next(times_s)).event("It rains.")
    Runner({}, out).event("It rains.")
    assert out.getvalue() == "[1 min 5 s] It rains.\nIt rains.\n"


VALUES = [
    "",
    "plain",
    "two\nlines",
    "trailing\n",
    "\n\nleading",
    "a=b",
    "x<<EOF\ny\nEOF",
    "ghadelimiter_x\nEOF",
    "ünïcode 🎉",
    "carriage\rreturn\r\n",
    "::set-output name=x::y",
    " blanks ",
]


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_a_value_comes_back_as_it_was(step: Step, value: str) -> None:
    """The runner reads what was written, between other values."""
    step.runner.write_output("before", "1")
    step.runner.write_output("it", value)
    step.runner.write_output("after", "2")
    assert step.outputs() == {"before": "1", "it": value, "after": "2"}


def test_the_last_write_wins(step: Step) -> None:
    """An output can be corrected later in the run."""
    for value in ("one", "two"):
        step.runner.write_output("it", value)
        step.runner.write_state("session_id", value)
    assert step.outputs() == {"it": "two"}
    assert read_values(step.files["GITHUB_STATE"].read_text()) == {"session_id": "two"}


def test_no_two_values_share_a_delimiter(step: Step) -> None:
    """Each delimiter is drawn anew, from at least 128 bits."""
    for number in range(20):
        step.runner.write_output(f"o{number}", "x")
    lines = step.files["GITHUB_OUTPUT"].read_text().splitlines()
    delimiters = {line.partition("<<")[2] for line in lines if "<<" in line}
    assert len(delimiters) == 20
    assert min(map(len, delimiters)) >= 32


def test_a_lone_surrogate_is_replaced(step: Step) -> None:
    """What is no text in UTF-8 does not end the run."""
    step.runner.write_output("it", "a\ud800b")
    step.runner.log("a\ud800b")
    assert step.outputs() == {"it": "a?b"}


def test_the_summary_is_replaced_whole(step: Step) -> None:
    """The last page is the one that is shown."""
    step.runner.write_summary("one")
    step.runner.write_summary("two")
    assert step.files["GITHUB_STEP_SUMMARY"].read_text() == "two"


@pytest.mark.parametrize("write", ["write_output", "write_state"])
def test_without_the_runners_file_it_is_an_error(tmp_path: Path, write: str) -> None:
    """A variable that is not set, or a place that cannot be written, is said."""
    for environ in ({}, {"GITHUB_OUTPUT": str(tmp_path), "GITHUB_STATE": "/dev/full"}):
        with pytest.raises(RunnerError, match="GITHUB_"):
            getattr(Runner(environ, io.StringIO()), write)("name", "value")


def test_a_group_is_ended_once(step: Step) -> None:
    """Whoever tells the end may close what a cancel left open, and closes nothing twice."""
    step.runner.close_group()
    step.runner.open_group("a")
    step.runner.close_group()
    step.runner.close_group()
    assert step.log.splitlines() == ["::group::a", "::endgroup::"]


def test_secrets_are_masked_first_and_redacted_everywhere(step: Step) -> None:
    """The runner is told each line of a secret; every sink of ours has stars."""
    step.runner.mask((Secret(SECRET), Secret("line-one-of-two\nline-two-of-two\n\n")))
    step.runner.log(f"a {SECRET} b")
    step.runner.annotate("error", f"t {SECRET}", f"m {SECRET}")
    step.runner.open_group(SECRET)
    step.runner.close_group()
    step.runner.write_output("it", SECRET)
    step.runner.write_workspace_file("out.json", SECRET)
    assert read_masks(step.log) == {SECRET, "line-one-of-two", "line-two-of-two"}
    told = [line for line in step.log.splitlines() if not line.startswith("::add-mask::")]
    assert not any(SECRET in line for line in told), told
    assert step.outputs() == {"it": "***"}
    assert (step.workspace / "out.json").read_text() == "***"


@pytest.mark.parametrize(
    "text",
    [
        "::error::x",
        "  ::error::x",
        "a\r::error::x",
        "a\n::error::x",
        "a ##[error]x",
        "\x0b::error::x",
        "\u2028::error::x",
        "#\r#[error]x",
        "####[error]x",
        "\t\x85::error::x",
        "\u3000::error::x",
    ],
    ids=ascii,
)
def test_a_line_is_never_a_command(step: Step, text: str) -> None:
    """Whatever a line holds, the runner prints it."""
    step.runner.log(text)
    assert read_commands(step.log) == []
    assert len(read_plain_lines(step.log.rstrip("\n"))) == 1


def test_a_line_steers_no_terminal(step: Step) -> None:
    """A branch's name can hold colours and invisible letters; what stands between them is shown."""
    step.runner.log("onto a\x1b[31mb\x86c\u202ed\x00")
    assert step.log == "onto abcd\n"


def test_an_annotation_is_one_command(step: Step) -> None:
    """Commas, colons, line breaks and per cents survive; a long message is cut."""
    step.runner.annotate("warning", "a,b:c%0A", "50%0A of\r\n::error::" + "x" * 10_000)
    [command] = read_commands(step.log)
    assert (command.name, command.properties) == ("warning", {"title": "a,b:c%0A"})
    assert command.data.startswith("50%0A of\r\n::error::xxx")
    assert len(command.data) <= 4096
    step.runner.annotate("error", "x", "##[" * 2_000)
    assert len(read_commands(step.log)[1].data) == 4096


def _plant_folder(path: Path) -> None:
    path.mkdir()


def _plant_link_out(path: Path) -> None:
    (path.parents[1] / "outside").write_text("theirs")
    path.symlink_to(path.parents[1] / "outside")


PLANTED: dict[str, Callable[[Path], object]] = {
    "missing": lambda path: path,
    "folder": _plant_folder,
    "FIFO": os.mkfifo,
    "link out": _plant_link_out,
    "link loop": lambda path: path.symlink_to(path),
    "link to a device": lambda path: path.symlink_to("/dev/zero"),
    "too large": lambda path: path.write_bytes(b"x" * 1025),
    "not UTF-8": lambda path: path.write_bytes(b"\xff\xfea"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_file_that_is_no_text_of_the_workspace_is_not_read(step: Step, planted: str) -> None:
    """Each comes back at once as a reason in words."""
    PLANTED[planted](step.workspace / "file")
    reason = step.runner.read_workspace_file("file", 1024)
    assert isinstance(reason, DocumentError)
    assert str(reason)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "sub/../../outside"])
def test_a_path_that_leads_out_is_not_read(step: Step, name: str) -> None:
    """Neither upwards nor absolute."""
    (step.workspace.parent / "outside").write_text("theirs")
    assert isinstance(step.runner.read_workspace_file(name, 1024), DocumentError)


def test_a_text_of_the_workspace_is_read(step: Step) -> None:
    """In a folder, through a link that stays inside, with a byte order mark, up to the limit."""
    (step.workspace / "sub").mkdir()
    (step.workspace / "sub/file").write_bytes(b"\xef\xbb\xbf" + b"x" * 1021)
    (step.workspace / "link").symlink_to("sub/file")
    for name in ("sub/file", "link"):
        assert step.runner.read_workspace_file(name, 1024) == "x" * 1021


@pytest.mark.parametrize("planted", ["folder", "FIFO", "link out", "link loop", "link to a device"])
def test_a_planted_place_is_not_written(step: Step, planted: str) -> None:
    """The output file replaces a file and nothing else, and never waits."""
    PLANTED[planted](step.workspace / "file")
    with pytest.raises(RunnerError, match="output_file"):
        step.runner.write_workspace_file("file", "ours")
    outside = step.workspace.parent / "outside"
    assert not outside.exists() or outside.read_text() == "theirs"


def test_a_folder_that_leads_out_is_not_written(step: Step) -> None:
    """A link in the middle of the path is found too."""
    (step.workspace / "sub").symlink_to(step.workspace.parent)
    with pytest.raises(RunnerError, match="output_file"):
        step.runner.write_workspace_file("sub/new/file", "ours")
    assert not (step.workspace.parent / "new").exists()


def test_an_existing_file_is_replaced_whole(step: Step) -> None:
    """Nothing of a longer old text is left."""
    (step.workspace / "file").write_text("x" * 100)
    step.runner.write_workspace_file("file", "ours")
    assert (step.workspace / "file").read_text() == "ours"


@AS_ROOT
def test_what_is_written_belongs_to_the_workspaces_owner(step: Step) -> None:
    """The runner's user can delete the file, and the folders made for it, after the job."""
    os.chown(step.workspace, 1001, 1002)
    step.runner.write_workspace_file("new/folder/file", "ours")
    for name in ("new", "new/folder", "new/folder/file"):
        found = (step.workspace / name).stat()
        assert (found.st_uid, found.st_gid) == (1001, 1002), name
    assert stat.S_IMODE((step.workspace / "new/folder/file").stat().st_mode) & 0o111 == 0


def test_an_event_file_is_bounded(tmp_path: Path) -> None:
    """A missing, a huge or an odd event file is an error in words."""
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    for path in (tmp_path / "none", huge, tmp_path):
        with pytest.raises(RunnerError, match="event file"):
            Runner({"GITHUB_EVENT_PATH": str(path)}, io.StringIO()).read_event()
