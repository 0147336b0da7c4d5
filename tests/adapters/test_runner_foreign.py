"""Whatever a text holds, the runner does what we meant: one line, one annotation, one value."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from entrypoint.adapters.runner import Runner
from entrypoint.core.documents import Json, read_json, write_json
from entrypoint.core.text import Redactor, Secret
from tests.foreign_text import CANARY, SECRETS, foreign_json, foreign_words, shows_secret
from tests.runner_model import KNOWN, obey, read_commands, read_values

REDACTOR = Redactor(map(Secret, SECRETS))
WORDS = foreign_words(*SECRETS)
CALLS = st.lists(st.sampled_from(["log", "error", "warning", "notice", "group"]), max_size=6)
NAMES = ("reason", "status", "session_url")


def start(folder: Path = Path()) -> tuple[Runner, io.StringIO]:
    """Return a runner that knows the secrets, with its files in a folder, and its log."""
    out = io.StringIO()
    files = {f"GITHUB_{name}": str(folder / name) for name in ("OUTPUT", "STATE")}
    runner = Runner({**files, "GITHUB_WORKSPACE": str(folder)}, out)
    runner.mask(tuple(map(Secret, SECRETS)))
    return runner, out


@given(CALLS, WORDS)
def test_the_runner_obeys_what_was_meant_and_nothing_else(
    calls: list[str], words: Iterator[str]
) -> None:
    """Each line is one line, each annotation one annotation, and only the secrets are masked."""
    runner, out = start()
    for call in calls:
        match call:
            case "log":
                runner.log(next(words))
            case "group":
                runner.open_group(next(words))
                runner.close_group()
            case level:
                runner.annotate(level, next(words), next(words))
    done = obey(out.getvalue())
    assert not done.is_failed
    assert done.masks.values == set(SECRETS)
    assert [issue.level for issue in done.issues] == [c for c in calls if c not in ("log", "group")]
    assert all(issue.title.endswith(CANARY) for issue in done.issues)
    assert all(issue.message.endswith(CANARY) for issue in done.issues)
    assert len(done.shown) == sum({"log": 1, "group": 2}.get(call, 0) for call in calls)
    assert {command.name for command in read_commands(out.getvalue())} <= KNOWN
    told = out.getvalue().split("\n", len(SECRETS))[-1]
    assert shows_secret(told, *SECRETS) is None


@given(st.lists(st.sampled_from(NAMES), max_size=5), WORDS, foreign_json(*SECRETS))
def test_values_come_back_as_they_were(
    names: list[str], words: Iterator[str], output: Json
) -> None:
    """No value ends early or sets another one, and the runner drops none for a secret in it."""
    values = {name: next(words) for name in names}
    told = write_json(REDACTOR.redact_json(output))
    with TemporaryDirectory() as folder:
        runner, out = start(Path(folder))
        for name, value in values.items():
            runner.write_state(name, value)
            runner.write_output(name, "an earlier value")
        runner.write_outputs({**values, "structured_output": told})
        runner.write_workspace_file("answer.json", told)
        found = read_values(read(folder, "OUTPUT"))
        state = read_values(read(folder, "STATE")) if names else {}
        file = read(folder, "answer.json")
    assert read_json(found.pop("structured_output")) == read_json(as_utf8(told)) == read_json(file)
    assert (
        found == state == {name: REDACTOR.redact(as_utf8(value)) for name, value in values.items()}
    )
    masks = obey(out.getvalue()).masks
    assert [value for value in (*found.values(), told) if masks.drops(value)] == []
    assert shows_secret("\0".join([*found.values(), told]), *SECRETS) is None


def read(folder: str, name: str) -> str:
    """Return a file's text to the letter."""
    return (Path(folder) / name).read_bytes().decode()


def as_utf8(text: str) -> str:
    """Return the text with what is no letter in UTF-8 replaced."""
    return text.encode("utf-8", "replace").decode()
