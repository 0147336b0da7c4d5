"""`docker run IMAGE check`: a folder of files, read-only, and nothing of a workflow or a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.container.engine import docker
from tests.container.marks import CONTAINER_LAYER

pytestmark = CONTAINER_LAYER

_FILES = {
    "schema.yml": "{type: object, required: [risk], properties: {risk: {enum: [low, high]}}}",
    "rules": 'output.risk == "low"\n"small" in pull_request.labels',
    "low.json": '{"risk": "low"}',
    "high.json": '{"risk": "high"}',
    "facts.yml": "pull_request: {labels: [small]}",
    "broken.yml": "{type: object, requried: [risk]}",
    # Code that lies in the folder is not ours: it must not be run.
    "argparse.py": "raise SystemExit(99)",
    "yaml.py": "raise SystemExit(99)",
}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("--schema schema.yml --gate rules", 0, "can be used"),
        ("--schema schema.yml --gate rules --output low.json --facts facts.yml", 0, "passed."),
        (
            "--schema schema.yml --gate rules --output high.json --facts facts.yml",
            1,
            "gate_failed.",
        ),
        ("--schema schema.yml --gate rules --output low.json", 2, "pull_request.labels"),
        ("--schema broken.yml", 2, "did you mean"),
        ("--help", 0, "Nothing is asked of Devin"),
    ],
)
def test_a_folder_is_all_that_it_needs(
    image: str, tmp_path: Path, arguments: str, code: int, words: str
) -> None:
    """The README's command: any folder, read-only, without a network."""
    for name, text in _FILES.items():
        (tmp_path / name).write_text(text)
    options = ("--rm", "--network", "none", "--volume", f"{tmp_path}:/w:ro", "--workdir", "/w")
    done = docker("run", *options, image, "check", *arguments.split())
    printed = " ".join((done.stdout + done.stderr).split())
    assert (done.returncode, words in printed, "Traceback" in printed) == (code, True, False), (
        printed
    )
