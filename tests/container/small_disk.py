"""A disk of a few pages, shared by containers: what is written past its end fails with ENOSPC."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.container.engine import docker, docker_must

PAGE_BYTES: Final = 4096
"""What the disk has; the kernel gives it out whole."""
_PLACE: Final = "/small"


@dataclass(frozen=True)
class SmallDisk:
    """A volume in memory, which lives as long as one container has it mounted."""

    name: str

    def mounted(self, folder: str) -> tuple[str, ...]:
        """Return the flags that mount it."""
        return ("-v", f"{self.name}:{folder}")

    def write(self, path: str, text: str) -> None:
        """Write a file, as somebody else has done before the step."""
        shell = ("sh", "-c", 'printf %s "$1" > "$2"', "-", text, f"{_PLACE}/{path}")
        docker_must("exec", self.name, *shell)

    def read(self, path: str) -> str:
        """Return what a file holds."""
        return docker_must("exec", self.name, "cat", f"{_PLACE}/{path}")

    def files(self) -> list[str]:
        """Return the names of all files."""
        return docker_must("exec", self.name, "ls", "-A", _PLACE).split()


@contextmanager
def small_disk(image: str) -> Iterator[SmallDisk]:
    """Make a disk of one page, and leave nothing of it behind."""
    name = f"devin-gate-test-{uuid.uuid4().hex[:12]}"
    options = ("type=tmpfs", "device=tmpfs", f"o=size={PAGE_BYTES}")
    opts = [flag for option in options for flag in ("--opt", option)]
    docker_must("volume", "create", *opts, name)
    try:
        flags = ("--detach", "--rm", "--name", name, "-v", f"{name}:{_PLACE}")
        docker_must("run", *flags, "--entrypoint", "sleep", image, "infinity")
        yield SmallDisk(name)
    finally:
        docker("rm", "--force", name)
        docker("volume", "rm", "--force", name)
