"""What is in the image, and how it starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pytest

from tests.container.engine import BASE_IMAGE, docker_must, weigh_files
from tests.container.marks import CONTAINER_LAYER

pytestmark = CONTAINER_LAYER

_LIST: Final = """
import json, pathlib
root = pathlib.Path("/opt/action")
print(json.dumps({
    "paths": [str(path.relative_to(root)) for path in root.rglob("*")],
    "flags": {
        str(path.relative_to(root)): int.from_bytes(path.read_bytes()[4:8], "little")
        for path in root.rglob("*.pyc")
    },
}))
"""
_PACKAGES: Final = "lib/python3.13/site-packages/"
_UNCHECKED_HASH: Final = 0b01
"""The flags of bytecode that is taken as it is (PEP 552)."""


@dataclass(frozen=True)
class Contents:
    """What is below `/opt/action`: every path, and the flags of every file of bytecode."""

    paths: frozenset[str]
    flags: Mapping[str, int]

    def named(self, *names: str) -> list[str]:
        """Return the paths whose last part is one of the names."""
        return sorted(path for path in self.paths if path.rpartition("/")[2] in names)


@pytest.fixture(scope="module")
def contents(image: str) -> Contents:
    """List the action's environment, from inside."""
    python = ("--entrypoint", "/opt/action/bin/python", image, "-I", "-c", _LIST)
    found = json.loads(docker_must("run", "--rm", *python))
    return Contents(frozenset(found["paths"]), found["flags"])


def test_the_entrypoint_is_python_itself_isolated(image: str) -> None:
    """What starts is Python, isolated from the checkout, as root, with no shell and no CMD.

    `env` becomes it, with the signals blocked until there are handlers.
    """
    config = json.loads(docker_must("image", "inspect", image))[0]["Config"]
    env, *python = [one for one in config["Entrypoint"] if not one.startswith("--block-signal=")]
    assert env == "/usr/bin/env"
    assert python == ["/opt/action/bin/python", "-I", "-u", "-m", "entrypoint"]
    assert not config["Cmd"]
    assert config["User"] in {"", "root", "0"}
    assert not config["Volumes"]
    assert not config["OnBuild"]


def test_the_environment_holds_nothing_that_installs(contents: Contents) -> None:
    """Neither pip nor uv nor a build tool is in the action's environment."""
    assert contents.named("python") != []
    tools = ("pip", "pip3", "pip3.13", "uv", "uvx", "setuptools", "pkg_resources", "wheel")
    assert contents.named(*tools) == []


def test_the_image_holds_no_tests(contents: Contents) -> None:
    """No test suite and no simulator came along, neither ours nor a library's."""
    strangers = ("tests", "test", "conftest.py", "pytest", "_pytest", "hypothesis", "act")
    assert contents.named(*strangers, "simulator", "bench", "docs", ".git") == []


def test_the_licence_is_in_the_image(contents: Contents) -> None:
    """Who hands the image on has the licence's text with it."""
    assert "LICENSE" in contents.paths


def test_the_package_in_the_image_is_the_repositorys(
    contents: Contents, package_files: frozenset[str]
) -> None:
    """The image holds every module of `entrypoint`, and nothing else beside the bytecode."""
    prefix = f"{_PACKAGES}entrypoint/"
    inside = {path.removeprefix(prefix) for path in contents.paths if path.startswith(prefix)}
    assert {path for path in inside if path.endswith(".py")} == package_files
    others = {path for path in inside if "." in path and not path.endswith((".py", ".pyc"))}
    assert others == set()


def test_the_image_is_small(image: str) -> None:
    """Every job that uses a release pulls it: at most 40 MB beside the base, which many have."""
    assert 10_000_000 < weigh_files(image) - weigh_files(BASE_IMAGE) < 40_000_000


def test_every_module_has_its_bytecode(contents: Contents) -> None:
    """Each source has bytecode that is taken without a look at the source: no start compiles."""
    sources = [path for path in contents.paths if path.endswith(".py")]
    assert f"{_PACKAGES}entrypoint/run.py" in sources
    assert [path for path in sources if _bytecode_of(path) not in contents.flags] == []
    checked = [path for path, flag in contents.flags.items() if flag != _UNCHECKED_HASH]
    assert checked == []


def _bytecode_of(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/__pycache__/{name.removesuffix('.py')}.cpython-313.pyc"
