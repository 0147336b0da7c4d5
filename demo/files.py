"""A run as files: ``log.txt comment.md summary.md outputs.json exit-code.txt page.html``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from demo.log import render_log_text
from demo.page import render_index, render_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from demo.run import DemoRun


def save_run(run: DemoRun, folder: Path, *, is_one_of_many: bool = False) -> Path:
    """Write the run's files into a folder of its own and return the path of its page.

    ``comment.md`` is empty where the run wrote no comment.
    """
    place = folder / run.scenario.name
    place.mkdir(parents=True, exist_ok=True)
    files = {
        "log.txt": render_log_text(run.log),
        "comment.md": "\n".join(comment.body for comment in run.comments),
        "summary.md": run.summary,
        "outputs.json": json.dumps(dict(run.outputs), ensure_ascii=False, indent=2) + "\n",
        "exit-code.txt": f"{run.exit_code}\n",
        "page.html": render_page(run, is_one_of_many=is_one_of_many),
    }
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    return place / "page.html"


def save_index(runs: Sequence[DemoRun], folder: Path) -> Path:
    """Write the page that leads to the pages of the runs and return its path."""
    path = folder / "index.html"
    path.write_text(render_index(runs), encoding="utf-8")
    return path
