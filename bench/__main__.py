"""``python -m bench [--pairs N]``: measure, print the page, write it to docs/performance.md.

Exit code 1 where an aim was surely missed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from bench.container import ROOT, build
from bench.image import weigh_image
from bench.many import WATCHERS, run_many
from bench.noticing import compare
from bench.page import Measured, describe_image, describe_machine, render
from bench.paired import ENOUGH_PAIRS, FEWEST_PAIRS
from bench.running import measure_memory, measure_runs
from bench.start import measure_start

PAGE: Final = ROOT / "docs/performance.md"


def main(arguments: list[str], page: Path = PAGE) -> int:
    """Measure everything and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench", description="What the action costs.")
    parser.add_argument("--pairs", type=int, default=ENOUGH_PAIRS, help="fewer say less")
    parser.add_argument("--watchers", type=int, default=WATCHERS, help="runs at once")
    options = parser.parse_args(arguments)
    machine = describe_machine()
    _say("building the image")
    build()
    machine += describe_image()
    _say(f"{options.pairs} pairs of starts")
    started = measure_start(options.pairs)
    _say("whole runs")
    ran = measure_runs(min(FEWEST_PAIRS, options.pairs))  # of six seconds each, five to settle
    _say("memory, six simulated hours")
    held = measure_memory()
    _say(f"{options.watchers} runs at once")
    many = run_many(options.watchers)
    measured = Measured(started, ran, held, compare(), many, weigh_image(), options.pairs, machine)
    text = render(measured)
    print(text)
    page.write_text(text, encoding="utf-8")
    for miss in measured.misses:
        _say(f"missed: {miss}")
    return 1 if measured.misses else 0


def _say(what: str) -> None:
    sys.stderr.write(f"bench: {what}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
