"""A checkout, a home and an environment that try to get their code into the action."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.container.conftest import Arrange
from tests.container.engine import docker
from tests.container.job import ANSWERED, Job
from tests.container.marks import CONTAINER_LAYER
from tests.container.runner_flags import give_to_owner

pytestmark = CONTAINER_LAYER

_PLANTED: Final = (
    "requests.py",
    "yaml.py",
    "json.py",
    "encodings/__init__.py",
    "jsonschema/__init__.py",
    "github/__init__.py",
    "entrypoint/__init__.py",
    "entrypoint/__main__.py",
    "sitecustomize.py",
    "usercustomize.py",
    "startup.py",
)
_SITE: Final = ".local/lib/python3.13/site-packages"
_TRAP: Final = """\
import os
os.write(2, b"planted code ran\\n")
os.close(os.open("/github/workspace/sprung", os.O_CREAT | os.O_WRONLY))
"""
_HOSTILE: Final = {
    "PYTHONPATH": "/github/workspace",
    "PYTHONHOME": "/github/workspace",
    "PYTHONSTARTUP": "/github/workspace/startup.py",
    "PYTHONUSERBASE": "/github/home/.local",
    "PYTHONINSPECT": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
}


def _plant(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_TRAP, encoding="utf-8")


def _set_traps(job: Job) -> None:
    _plant(job.workspace, *_PLANTED)
    give_to_owner(job.workspace)
    _plant(job.home / _SITE, "usercustomize.py", "sitecustomize.py", "requests.py")
    (job.home / _SITE / "trap.pth").write_text("import usercustomize\n", encoding="utf-8")
    netrc = "machine 127.0.0.1 login intruder password intruder\n"
    (job.home / ".netrc").write_text(netrc, encoding="utf-8")


def test_nothing_planted_is_imported(arrange: Arrange) -> None:
    """Modules in the checkout and in HOME are never run, whatever the PYTHON… variables say."""
    simulation, job = arrange(ANSWERED)
    _set_traps(job)
    done = job.start(variables=_HOSTILE).wait()
    assert "planted code ran" not in done.log
    assert not (job.workspace / "sprung").exists()
    assert done.exit_code == 0, done.log
    assert done.outputs["outcome"] == "passed"
    assert simulation.leftovers() == []


def test_the_traps_do_catch_an_unguarded_start(arrange: Arrange, image: str) -> None:
    """The same checkout does run its code under a plain `python -m entrypoint` of the image."""
    _, job = arrange(ANSWERED)
    _plant(job.workspace, "requests.py", "entrypoint/__init__.py", "entrypoint/__main__.py")
    mount = f"{job.workspace}:/github/workspace"
    python = ("--entrypoint", "/opt/action/bin/python", image, "-B", "-m", "entrypoint")
    done = docker("run", "--rm", "--workdir", "/github/workspace", "-v", mount, *python)
    assert "planted code ran" in done.stderr
    assert (job.workspace / "sprung").exists()


def test_a_netrc_in_the_home_folder_changes_no_request(arrange: Arrange) -> None:
    """Credentials in the shared, writable HOME replace neither Devin's key nor GitHub's token."""
    simulation, job = arrange(ANSWERED)
    _set_traps(job)
    job.start().wait()
    sent = {one.headers.get("authorization") for one in simulation.devin.journal}
    assert sent == {f"Bearer {simulation.devin_key}"}
    told = {
        one.headers.get("authorization", "").split(" ")[-1] for one in simulation.github.journal
    }
    assert told == {simulation.github_token}
