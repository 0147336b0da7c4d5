"""A run in the terminal: the log as on GitHub, comment, summary, outputs, exit code."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TextIO

from demo.log import Group, Line, render_log_text
from demo.markdown import render_markdown
from demo.payloads import PULL_NUMBER
from demo.reading import make_columns, read_as_text
from simulator.github_store import DEFAULT_REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.run import DemoRun

_WIDEST: Final = 100
_BOLD, _DIM, _RED, _GREEN, _YELLOW, _BLUE = "1", "2", "31", "32", "33", "34"
_LEVEL_COLOURS: Final = {"error": _RED, "warning": _YELLOW, "notice": _BLUE}


@dataclass(frozen=True, slots=True)
class Style:
    """Colours, or none."""

    coloured: bool

    def paint(self, text: str, code: str) -> str:
        """Return the text in a colour (an SGR code)."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.coloured and text else text

    def bold(self, text: str) -> str:
        """Return the text in bold."""
        return self.paint(text, _BOLD)


def choose_style(out: TextIO, environ: Mapping[str, str]) -> Style:
    """Return colours for a terminal only, and none where ``NO_COLOR`` is set."""
    plain = environ.get("NO_COLOR") or environ.get("TERM") == "dumb"
    return Style(coloured=out.isatty() and not plain)


def show_run(run: DemoRun, out: TextIO, style: Style) -> None:
    """Write everything about the run."""
    width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
    rule = Rule(out, style, width)
    out.write(style.bold(f"Devin Gate, scenario {run.scenario.name}") + "\n")
    out.write("\n".join(read_as_text(f"<p>{run.scenario.story}</p>", width)) + "\n")
    rule.draw("The step's log, as GitHub shows it")
    _show_log(run, out, style)
    comments = "\n\n".join(comment.body for comment in run.comments)
    rule.draw(f"The comment on {DEFAULT_REPOSITORY}#{PULL_NUMBER}")
    page = _read_markdown(comments, width, style)
    nothing = "None was written; the job summary tells it all."
    _write_lines(page or [style.paint(nothing, _DIM)], out)
    rule.draw("The job summary")
    summary = _read_markdown(run.summary, width, style)
    same = style.paint("The same as the comment.", _DIM)
    _write_lines([same] if summary == page else summary, out)
    rule.draw("The outputs")
    _write_lines(make_columns([*run.outputs.items()], width), out)
    rule.draw("The end")
    show_verdict(run, out, style)


def show_verdict(run: DemoRun, out: TextIO, style: Style) -> None:
    """Write in two lines how the run ended, and whether that is what the scenario says."""
    mark, colour = ("✔", _GREEN) if run.exit_code == 0 else ("✘", _RED)
    ended = f"{mark} exit code {run.exit_code}"
    said = f"{run.scenario.name}: the outcome is {run.outcome or 'unknown'}"
    took = f"{run.simulated_s:.0f} s simulated in {run.real_s:.2f} s, {run.traffic}"
    out.write(f"{style.paint(ended, colour)}  {said}  {style.paint(took, _DIM)}\n")
    wrong = (f"  not as the scenario says: {surprise}" for surprise in run.surprises)
    out.writelines(style.paint(line, _RED) + "\n" for line in wrong)


@dataclass(frozen=True, slots=True)
class Rule:
    """Draws the headings between the parts."""

    out: TextIO
    style: Style
    width: int

    def draw(self, title: str) -> None:
        """Write one heading."""
        line = "─" * max(3, self.width - len(title) - 4)
        self.out.write(f"\n{self.style.paint('──', _DIM)} {self.style.bold(title)} ")
        self.out.write(self.style.paint(line, _DIM) + "\n\n")


def _show_log(run: DemoRun, out: TextIO, style: Style) -> None:
    for item in run.log:
        if isinstance(item, Group):
            out.write(style.bold(f"▾ {item.title}") + "\n")
            _write_lines([f"  {_paint_line(line, style)}" for line in item.lines], out)
        else:
            out.write(_paint_line(item, style) + "\n")


def _paint_line(line: Line, style: Style) -> str:
    text = render_log_text((line,)).removesuffix("\n")
    if line.level:
        return style.paint(text, _LEVEL_COLOURS[line.level])
    if text.startswith("[") and "] " in text:
        moment, _, rest = text.partition("] ")
        return f"{style.paint(f'{moment}]', _DIM)} {rest}"
    return text


def _read_markdown(text: str, width: int, style: Style) -> list[str]:
    return read_as_text(render_markdown(text), width, style.bold)


def _write_lines(lines: Sequence[str], out: TextIO) -> None:
    out.write("\n".join(lines) + "\n")
