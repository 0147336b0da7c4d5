"""``python -m demo.pictures``: the pictures in ``docs/pictures``, made anew from the demo's runs.

Each shows what a run of the real action in a simulated world left behind, in GitHub's own look for
Markdown, light and dark, and says that a simulator made it. Needs Chromium, npm and pngquant, and
says so where one of them is missing. ``pages.json`` beside the pictures has the digest of what each
of them shows, by which a test finds those that are out of date.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from demo.__main__ import act
from demo.log import Group, Line
from demo.markdown import render_markdown
from demo.run import perform
from demo.scenario import read_scenario

if TYPE_CHECKING:
    from demo.run import DemoRun

FOLDER: Final = Path(__file__).parent.parent / "docs" / "pictures"
DIGESTS: Final = FOLDER / "pages.json"
THEMES: Final = ("light", "dark")

_TOOLS: Final = Path("build/pictures")
_LOOK: Final = "github-markdown-css@5.9.0"
_LOOK_DIGESTS: Final = {
    "light": "de2d14b5290b8cf2af74c95e92560d9c00642ae72de0b856cece3e4eddb2d885",
    "dark": "b45ead2db01f5856c4eb378f21f47da63f6b0ecf3be5d06385472164b7283df6",
}
_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
_WIDTH: Final = 780
_SCALE: Final = 1.5
_COLOURS: Final = 48
_OWN_LOOK: Final = (Path(__file__).parent / "pictures.css").read_text(encoding="utf-8")
_MEASURE: Final = (
    "<script>document.documentElement.dataset.height = document.body.offsetHeight</script>"
)


class MissingToolError(Exception):
    """A program that the pictures need is not there; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What one picture shows of which scenario: its comments, its summary or its log."""

    scenario: str
    part: str


PICTURES: Final = {
    "passed": Picture("passed", "comment"),
    "gate-failed": Picture("gate-failed", "comment"),
    "blocked": Picture("blocked", "comment"),
    "summary": Picture("repaired", "summary"),
    "log": Picture("repaired", "log"),
}
"""Every picture, by the beginning of its files' names."""


def render_picture(picture: Picture) -> str:
    """Return what the picture shows, as HTML without its look; the same for the same product."""
    run = perform(read_scenario(picture.scenario), act)
    shown = {"comment": _show_comments, "summary": _show_summary, "log": _show_log}
    return f"{shown[picture.part](run)}<p class='origin'>Made by the simulator of Devin Gate</p>\n"


def digest_of(page: str) -> str:
    """Return what tells two pages apart."""
    return hashlib.sha256(page.encode()).hexdigest()


def _show_comments(run: DemoRun) -> str:
    return "".join(
        '<div class="frame"><div class="strip"><b>github-actions</b> <i>bot</i> commented</div>'
        f'<div class="markdown-body">{render_markdown(comment.body)}</div></div>'
        for comment in run.comments
    )


def _show_summary(run: DemoRun) -> str:
    return (
        '<div class="frame"><div class="strip">gate <b>summary</b></div>'
        f'<div class="markdown-body">{render_markdown(run.summary)}</div></div>'
    )


def _show_log(run: DemoRun) -> str:
    """Return the log with its first group folded: it names the port of a server."""
    lines: list[str] = []
    for number, item in enumerate(run.log):
        if isinstance(item, Line):
            lines.append(f'<div class="{item.level}">{escape(item.shown)}</div>')
        elif isinstance(item, Group):
            lines.append(f"<div><b>{'▾' if number else '▸'} {escape(item.title)}</b></div>")
            inner = item.lines if number else ()
            lines += [f'<div class="inner">{escape(line.shown)}</div>' for line in inner]
    return f'<div class="frame log">{"".join(lines)}</div>'


def main() -> int:
    """Make every picture and return the exit code: 0, or 1 where a tool is missing."""
    try:
        studio = _Studio()
        pages = {name: render_picture(picture) for name, picture in PICTURES.items()}
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, page in pages.items():
            for theme in THEMES:
                path = FOLDER / f"{name}-{theme}.png"
                studio.take(page, theme, path)
                print(
                    f"{path.relative_to(FOLDER.parent.parent)}: {path.stat().st_size // 1024} KiB"
                )
    except MissingToolError as error:
        print(error)
        return 1
    digests = {name: digest_of(page) for name, page in pages.items()}
    DIGESTS.write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")
    return 0


class _Studio:
    """The programs that make a picture of a page."""

    def __init__(self) -> None:
        """Find them all, and GitHub's look, or raise ``MissingToolError``."""
        self._browser = _find("Chromium", *_BROWSERS)
        self._reducer = _find("pngquant", "pngquant")
        self._looks = {theme: _fetch_look(theme) for theme in THEMES}

    def take(self, page: str, theme: str, path: Path) -> None:
        """Write the picture of the page."""
        document = (
            f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8"><title></title>'
            f"<style>{self._looks[theme]}{_OWN_LOOK}</style><body>{page}{_MEASURE}</body></html>"
        )
        with tempfile.TemporaryDirectory(prefix="devin-gate-") as folder:
            file, shot = Path(folder) / "page.html", Path(folder) / "shot.png"
            file.write_text(document, encoding="utf-8")
            tree = self._browse(file, 600, "--dump-dom")
            height = re.search(r'data-height="(\d+)"', tree)
            if height is None:
                raise MissingToolError(f"{self._browser} does not show pages; is it whole?")
            self._browse(file, int(height[1]), f"--screenshot={shot}")
            colours = f"--strip --force --output {path} {_COLOURS} {shot}"
            _run(self._reducer, *colours.split())

    def _browse(self, file: Path, height: int, *what: str) -> str:
        # Chromium's sandbox refuses root, who is who runs this in a container.
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        size = f"--window-size={_WIDTH},{height}"
        scale = f"--force-device-scale-factor={_SCALE}"
        return _run(
            self._browser, "--headless", *flags, "--hide-scrollbars", size, scale, *what, str(file)
        )


def _find(name: str, *commands: str) -> str:
    for command in commands:
        if found := shutil.which(command):
            return found
    raise MissingToolError(
        f"The pictures need {name}, and there is none on the PATH. "
        "On Debian and Ubuntu: apt-get install chromium npm pngquant fonts-noto-color-emoji"
    )


def _fetch_look(theme: str) -> str:
    """Return GitHub's style sheet for Markdown, from npm the first time."""
    path = _TOOLS / f"node_modules/github-markdown-css/github-markdown-{theme}.css"
    if not path.exists():
        flags = "--no-save --no-package-lock --ignore-scripts --silent"
        _run(_find("npm", "npm"), "install", "--prefix", str(_TOOLS), *flags.split(), _LOOK)
    look = path.read_text(encoding="utf-8")
    if digest_of(look) != _LOOK_DIGESTS[theme]:
        raise MissingToolError(f"{path} is not the one of {_LOOK}; remove {_TOOLS} and try again.")
    return look


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)  # noqa: S603 - our own arguments
    except (subprocess.SubprocessError, OSError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip()
        raise MissingToolError(f"{command[0]} did not do its work: {said[-500:]}") from error
    return done.stdout


if __name__ == "__main__":
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    sys.exit(main())
