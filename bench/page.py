"""`docs/performance.md`: what was measured, on which machine, against which aims."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.container import IMAGE, PYTHON, docker
from bench.image import AIM_BYTES, Weighed
from bench.many import DEVIN_A_SECOND, GITHUB_AN_HOUR, Many
from bench.noticing import Noticed
from bench.running import Held, Ran
from bench.start import NO_SCHEMA_AIM, POST_AIM, SCHEMA_AIM, Started

_HEAD: Final = """\
# What it costs

Written by `make bench`, which prints the same. Times are compared in pairs, by turns, on one machine
in the same minutes: what is said is the median of the ratios and, in brackets, its 95% interval. A
ratio is red only where the whole interval, over at least 30 pairs, is above its aim; where there are
fewer, their number stands beside it. What a count can say (requests, modules, bytes) is a test, since
no machine changes it.
"""
_MB: Final = 1_000_000
_LAGS: Final = "Seconds from a session's end to the end of its run, the quickest run first"
_GITHUBS: Final = ("pygithub", "pynacl", "cffi", "pycparser", "pyjwt")
_FORMATS: Final = (
    *("fqdn", "jsonpointer", "rfc3339-validator", "rfc3986-validator", "six", "uri-template"),
    "webcolors",
)


@dataclass(frozen=True)
class Measured:
    """Everything that `make bench` measures."""

    started: Started
    ran: Ran
    held: Held
    noticed: dict[float, dict[str, Noticed]]
    many: Many
    weighed: Weighed
    pairs: int
    machine: tuple[tuple[str, str], ...]
    """What it was measured on."""

    @property
    def misses(self) -> list[str]:
        """Return the aims that were surely missed."""
        rows = (
            ("start without a schema", self.started.without_schema, NO_SCHEMA_AIM),
            ("start with a schema", self.started.with_schema, SCHEMA_AIM),
            ("post step", self.started.post, POST_AIM),
        )
        return [f"{name}: {ratio}, aim {aim:g}" for name, ratio, aim in rows if ratio.is_above(aim)]


def render(measured: Measured) -> str:
    """Return the whole page."""
    parts = (
        _HEAD,
        _table(("machine", ""), [*measured.machine, ("pairs", measured.pairs)]),
        _render_start(measured.started),
        _render_run(measured.ran, measured.held),
        _render_noticing(measured.noticed),
        _render_many(measured.many),
        _render_image(measured.weighed, measured.started),
    )
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def describe_machine() -> tuple[tuple[str, str], ...]:
    """Return what this machine is, and how busy."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        ("processors", f"{os.cpu_count()}, {_model()}"),
        ("memory", f"{memory:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Docker engine", docker("version", "--format", "{{.Server.Version}}").strip()),
        ("load when it began", f"{os.getloadavg()[0]:.1f}"),
    )


def describe_image() -> tuple[tuple[str, str], ...]:
    """Return which versions the image runs."""
    code = "import platform, requests; print(platform.python_version(), requests.__version__)"
    python, requests = docker(
        "run", "--rm", "--entrypoint", PYTHON, IMAGE, "-I", "-c", code
    ).split()
    return (("in the image", f"Python {python}, requests {requests}"),)


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")


def _render_start(started: Started) -> str:
    rows = (
        ("first request, no schema, over a bare script", started.without_schema, NO_SCHEMA_AIM),
        ("first request, with a schema, over the same", started.with_schema, SCHEMA_AIM),
        ("post step with nothing to do, over `python -I -c pass`", started.post, POST_AIM),
    )
    profile = ((name, count, f"{share:.0%}") for name, count, share in started.profile)
    return f"""\
## Start

From the start of the process until a request is there, inside the image. The bare script imports
requests and sends the same request.

{_table(("", "ratio", "aim: at most"), rows)}
What is imported until then, with a schema. PyGithub, CEL, PyYAML, the report and the watch come
after the first request, or never.

{_table(("package", "modules", "share of the import time"), profile)}"""


def _render_run(ran: Ran, held: Held) -> str:
    requests = f"{ran.devin_requests} to Devin, {ran.github_requests} to GitHub"
    hours = ", ".join(f"{one:.0f}" for one in held.hours)
    rows = (
        ("whole container, session ended before the first look", f"{ran.whole_s:.1f} s"),
        ("less the 5 s in which an end settles, over an empty container", ran.beside_settling),
        ("requests of that run, with comment and summary", requests),
        ("most memory, whole run", f"{held.peak:.0f} MiB"),
        ("most memory, Python with requests alone", f"{held.bare:.0f} MiB"),
        ("resident at hours 1 to 5 of six, a fifth of all answers spoilt", f"{hours} MiB"),
    )
    return f"## A run\n\n{_table(('', ''), rows)}"


def _render_noticing(noticed: dict[float, dict[str, Noticed]]) -> str:
    names = list(next(iter(noticed.values())))
    rows = (
        (_say(length_s), *(_say_noticed(by_policy[name]) for name in names))
        for length_s, by_policy in noticed.items()
    )
    return f"""\
## Noticing the end

Mean and 95th percentile of the seconds from a session's end to the look that sees it / looks until
then. Computed with the policy itself, so the same on every machine; why it is as it is:
[ADR 10](adr/0010-when-to-look.md). The 5 s in which an end settles come on top.

{_table(("session", *names), rows)}"""


def _say(length_s: float) -> str:
    for unit_s, name in ((3_600, "h"), (60, "min")):
        if length_s >= unit_s:
            return f"{length_s / unit_s:g} {name}"
    return f"{length_s:g} s"


def _say_noticed(one: Noticed) -> str:
    return f"{one.mean_s:.1f}, {one.p95_s:.1f} / {one.requests:.0f}"


def _render_many(many: Many) -> str:
    outcomes = ", ".join(f"{count} {name}" for name, count in many.outcomes.items())
    twice = sum(count for comments, count in many.comments.items() if comments > 1)
    rows = (
        ("ended", outcomes),
        ("sessions made", many.creates),
        ("pull requests with one comment", many.comments[1]),
        ("pull requests with more than one", twice),
        ("comments that tell the end", f"{many.told}{_why_not_all(many)}"),
        ("GitHub's requests for each run", f"{many.github_a_run:.1f} (aim: at most 6)"),
        ("refused by GitHub", many.github[403]),
        ("refused by Devin", f"{many.devin[429]} of {many.devin.total()}"),
        (
            "end of the session to end of the run",
            f"{many.mean_lag_s:.0f} s, 95%: {many.p95_lag_s:.0f} s",
        ),
    )
    return f"""\
## Many at once

{many.watchers} runs that begin in the same second, sessions of 5 to 20 minutes, a Devin that allows
{DEVIN_A_SECOND} requests a second and a GitHub that allows {GITHUB_AN_HOUR:,} an hour.

{_table(("", ""), rows)}
{_plot("Requests to Devin in each minute", "minute", len(many.load), many.load)}
{_plot(_LAGS, "percent of the runs", 100, _quantiles(many.lags_s))}"""


def _why_not_all(many: Many) -> str:
    """Say what the others wait for: a refused comment is a warning and never holds a verdict."""
    if many.told == many.watchers:
        return ""
    return "; GitHub's hour was used up for the others, whose runs warn of it"


def _plot(title: str, across: str, width: int, values: Sequence[float]) -> str:
    """Return a line as GitHub draws it."""
    line = ", ".join(f"{value:.0f}" for value in values)
    return f"""\
```mermaid
xychart-beta
  title "{title}"
  x-axis "{across}" 0 --> {width}
  y-axis 0 --> {max(values):.0f}
  line [{line}]
```
"""


def _quantiles(values: Sequence[float]) -> list[float]:
    """Return 41 of the values in their order, the least and the greatest included."""
    every = sorted(values)
    return [every[round(step * (len(every) - 1) / 40)] for step in range(41)]


def _render_image(weighed: Weighed, started: Started) -> str:
    layers = ((f"`{made}`", f"{size / _MB:.1f}") for made, size in weighed.layers)
    heavy = [part for part in weighed.parts if part[1] + part[2] >= _MB / 10]
    light = [part for part in weighed.parts if part[1] + part[2] < _MB / 10]
    rest = (f"{len(light)} others", sum(part[1] for part in light), sum(part[2] for part in light))
    parts = ((name, f"{own / _MB:.1f}", f"{code / _MB:.1f}") for name, own, code in [*heavy, rest])
    whole = {name: own + code for name, own, code in weighed.parts}
    github = sum(whole[name] for name in _GITHUBS)
    formats = sum(whole[name] for name in _FORMATS)
    return f"""\
## Image

{weighed.over_base / _MB:.1f} MB over its base (aim: at most {AIM_BYTES / _MB:.0f}), with no pip, no
uv, no caches and no tests in it. Without the bytecode a start would take {started.without_bytecode}
times as long.

{_table(("layer", "MB"), layers)}
{_table(("package", "files, MB", "bytecode, MB"), parts)}
PyGithub with what only it brings ({", ".join(_GITHUBS[1:])}) is {github / _MB:.1f} MB; what
jsonschema's formats bring ({", ".join(_FORMATS)}) is {formats / _MB:.1f} MB.
"""
