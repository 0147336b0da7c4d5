"""How large the image is over its base, and what in it weighs how much."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from bench.container import IMAGE, PYTHON, docker
from tests.container.engine import BASE_IMAGE, weigh_files

AIM_BYTES: Final = 40_000_000
"""Over the base; 50 MB at the very most."""
_WEIGH: Final = """
import importlib.metadata, json, pathlib
site = pathlib.Path("/opt/action/lib/python3.13/site-packages")
weights = {"entrypoint": 0, "entrypoint, bytecode": 0}
def weigh(name, path):
    kind = name + ", bytecode" if path.suffix == ".pyc" else name
    weights[kind] = weights.get(kind, 0) + path.stat().st_size
seen = set()
for one in importlib.metadata.distributions(path=[str(site)]):
    for file in one.files or ():
        path = site / file
        cached = path.parent / "__pycache__" / (path.stem + ".cpython-313.pyc")
        for each in (path, cached):
            if each.is_file() and each not in seen:
                seen.add(each)
                weigh(one.name.lower(), each)
for path in (site / "entrypoint").rglob("*"):
    if path.is_file():
        seen.add(path)
        weigh("entrypoint", path)
print(json.dumps(weights))
"""


@dataclass(frozen=True)
class Weighed:
    """Sizes in bytes."""

    over_base: int
    layers: tuple[tuple[str, int], ...]
    """What made each layer above the base, and its size."""
    parts: tuple[tuple[str, int, int], ...]
    """Package, its files, its bytecode, the heaviest first."""


def weigh_image() -> Weighed:
    """Weigh the image that was built."""
    weights = json.loads(docker("run", "--rm", "--entrypoint", PYTHON, IMAGE, "-I", "-c", _WEIGH))
    names = {name.removesuffix(", bytecode") for name in weights}
    parts = [(name, weights.get(name, 0), weights.get(f"{name}, bytecode", 0)) for name in names]
    return Weighed(
        over_base=weigh_files(IMAGE) - weigh_files(BASE_IMAGE),
        layers=tuple(_layers()),
        parts=tuple(sorted(parts, key=lambda part: -part[1] - part[2])),
    )


def _layers() -> list[tuple[str, int]]:
    """Return the layers that are not the base's, the lowest first."""
    form = "{{.CreatedBy}}\t{{.Size}}"
    lists = [
        docker("history", "--no-trunc", "--human=false", "--format", form, image).splitlines()
        for image in (IMAGE, BASE_IMAGE)
    ]
    ours = lists[0][: len(lists[0]) - len(lists[1])]
    pairs = [line.rpartition("\t") for line in reversed(ours)]
    return [(made.split("#(nop)")[-1].strip()[:60], int(size)) for made, _, size in pairs]
