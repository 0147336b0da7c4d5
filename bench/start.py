"""How long until Devin is asked, and how little a post step does that has nothing to do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.container import PYTHON, Command, a_job, measure, variables
from bench.paired import FEWEST_PAIRS, Ratio, compare
from entrypoint.post_start import FINISHED

SCHEMA: Final = (
    '{"type": "object", "required": ["risk"], "properties": {"risk": {"enum": ["low", "high"]}}}'
)
NO_SCHEMA_AIM: Final = 1.5
SCHEMA_AIM: Final = 2.2
POST_AIM: Final = 1.5
_NOWHERE: Final = "http://127.0.0.1:9"
_BARE: Final = """
import requests
requests.get(
    "http://127.0.0.1:{port}/v1/sessions",
    params={"tags": "devin-gate:0123456789abcdef0123456789abcdef", "limit": 100, "offset": 0},
    headers={"Authorization": "Bearer apk_user_simulated_key_000000"},
    timeout=30,
)
"""
_ACTION: Final = (PYTHON, "-I", "-u", "-m", "entrypoint")
_NO_BYTECODE: Final = (PYTHON, "-I", "-B", "-X", "pycache_prefix=/none", "-u", "-m", "entrypoint")


@dataclass(frozen=True)
class Started:
    """What starting takes."""

    without_schema: Ratio
    """To the first request, over a bare script that sends it with requests."""
    with_schema: Ratio
    post: Ratio
    """With nothing to do, over `python -I -c pass`."""
    without_bytecode: Ratio
    """To the first request without the image's bytecode, over with it."""
    profile: tuple[tuple[str, int, float], ...]
    """Package, its modules, its share of all import time, before the first request with a schema."""


def measure_start(pairs: int) -> Started:
    """Measure inside one container, by turns."""
    plain = variables("http://127.0.0.1:{port}", _NOWHERE)
    schema = variables("http://127.0.0.1:{port}", _NOWHERE, structured_output_schema=SCHEMA)
    commands = {
        "bare": Command((PYTHON, "-I", "-c", _BARE), {}, "asked"),
        "without schema": Command(_ACTION, plain, "asked"),
        "with schema": Command(_ACTION, schema, "asked"),
        "pass": Command((PYTHON, "-I", "-c", "pass"), {}),
        "post": Command(("/opt/action/bin/devin-gate-post",), {**plain, FINISHED: "true"}),
    }
    with a_job() as job:
        took = measure(job, pairs, commands)
        cold = {
            "warm": Command(_ACTION, plain, "asked"),
            "cold": Command(_NO_BYTECODE, plain, "asked"),
        }
        compiled = measure(job, max(FEWEST_PAIRS, pairs // 5), cold)
        profile = _profile(job, schema)
    return Started(
        without_schema=_ratio(took, "without schema", "bare"),
        with_schema=_ratio(took, "with schema", "bare"),
        post=_ratio(took, "post", "pass"),
        without_bytecode=_ratio(compiled, "cold", "warm"),
        profile=tuple(profile),
    )


def _ratio(took: dict[str, dict[str, Any]], ours: str, other: str) -> Ratio:
    return compare(took[ours]["seconds"], took[other]["seconds"])


def _profile(job: Path, environ: dict[str, str]) -> list[tuple[str, int, float]]:
    """Return what a run imports until its first request, largest first."""
    told = "workflow/imports"
    command = f"exec {' '.join(_ACTION[:-2])} -X importtime -m entrypoint 2>/github/{told}"
    measure(job, 0, {"profile": Command(("/bin/sh", "-c", command), environ, "asked")})
    spent: Counter[str] = Counter()
    modules: Counter[str] = Counter()
    pattern = r"^import time: +(\d+) \| +\d+ \| +(\S+)$"
    for micros, module in re.findall(pattern, (job / told).read_text("utf-8"), re.MULTILINE):
        package = module.partition(".")[0]
        name = package if package in _SHOWN else "Python's own, and the rest"
        spent[name] += int(micros)
        modules[name] += 1
    total = spent.total()
    return [(name, modules[name], micros / total) for name, micros in spent.most_common()]


_SHOWN: Final = {
    *("entrypoint", "requests", "urllib3", "charset_normalizer", "jsonschema", "referencing"),
    *("attr", "jsonschema_specifications", "rfc3986_validator", "webcolors", "typing_extensions"),
}
