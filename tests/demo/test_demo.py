"""The demo runs the real action, and shows what a person would see on GitHub."""

import io
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from demo.__main__ import act, main
from demo.run import perform
from demo.scenario import FOLDER, NAMES, choose_names, read_scenario
from demo.terminal import Style, choose_style
from entrypoint.core.outcome import Outcome
from simulator import DEVIN_KEY, DEVIN_KEY_V3, GITHUB_TOKEN
from simulator.scenario import ScenarioError

Played = Callable[[str], tuple[int, str, Path]]

FILES = {"log.txt", "comment.md", "summary.md", "outputs.json", "exit-code.txt", "page.html"}
WITHOUT_COMMENT = {"bad-input", "no-key", "wrong-key", "no-permission", "not-allowed"}
WITHOUT_COMMENT |= {"skipped", "push"}
every_scenario = pytest.mark.parametrize("name", NAMES)


def test_the_list_of_scenarios_is_the_folder() -> None:
    """Every file is a scenario that the demo knows, and every one is there."""
    assert {path.stem for path in FOLDER.glob("*.yml")} == set(NAMES)


def test_every_outcome_is_a_scenario() -> None:
    """Whoever adds an outcome shows what people see of it."""
    assert {read_scenario(name).outcome for name in NAMES} == set(Outcome)


@every_scenario
def test_a_scenario_ends_as_it_says(name: str, played: Played) -> None:
    """The demo's own exit code is 0, whatever the action's is; both are told."""
    code, shown, place = played(name)
    expected = read_scenario(name)
    assert code == 0, shown
    assert (place / "exit-code.txt").read_text() == f"{expected.exit_code}\n"
    assert json.loads((place / "outputs.json").read_text())["outcome"] == expected.outcome
    assert f"exit code {expected.exit_code}" in shown
    assert "page.html" in shown.splitlines()[-1]


@every_scenario
def test_a_scenario_leaves_its_files(name: str, played: Played) -> None:
    """All six files are there, and but for the comment none is empty."""
    _, _, place = played(name)
    assert {path.name for path in place.iterdir()} == FILES
    has_comment = name not in WITHOUT_COMMENT
    assert bool((place / "comment.md").read_text()) is has_comment
    for file in FILES - {"comment.md"}:
        assert (place / file).read_text(), file


@every_scenario
def test_the_log_shows_no_command_and_no_secret(name: str, played: Played) -> None:
    """Commands are interpreted, secrets masked; without a terminal there are no colours."""
    _, shown, place = played(name)
    for text in (shown, (place / "log.txt").read_text()):
        assert not re.search(r"^\s*::", text, re.MULTILINE)
        assert DEVIN_KEY not in text
        assert DEVIN_KEY_V3 not in text
        assert GITHUB_TOKEN not in text
        assert "\x1b" not in text


class Tags(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {f"{tag}.{name}" for name, _ in attrs}
        if tag not in {"meta", "br", "hr", "circle", "path", "rect"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"circle", "path", "rect"}:
            assert self.open.pop() == tag


@every_scenario
def test_a_page_does_and_loads_nothing(name: str, played: Played) -> None:
    """No script, no external resource, no handler; every tag that opens is closed."""
    page = (played(name)[2] / "page.html").read_text()
    tags = Tags(page)
    assert not tags.open
    assert not tags.tags & {"script", "img", "link", "iframe", "object", "form", "base", "video"}
    loading = {"src", "srcset", "style", "background", "poster", "data", "action"}
    assert not {name.partition(".")[2] for name in tags.attributes} & loading
    assert not [name for name in tags.attributes if ".on" in name]
    assert {name for name in tags.attributes if name.endswith(".href")} <= {"a.href"}
    assert not re.search(r"@import|url\(", page)
    assert "default-src 'none'" in page


def test_foreign_words_stay_words(played: Played) -> None:
    """What Devin was talked into is shown as text on the page."""
    page = (played("hostile")[2] / "page.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert page.count("<h1>") == 1


def test_the_whole_demo_has_an_index(tmp_path: Path) -> None:
    """`all` runs every scenario and leads to each of their pages."""
    out = io.StringIO()
    assert main(["all"], out=out, environ={}, folder=tmp_path) == 0
    index = (tmp_path / "index.html").read_text()
    for name in NAMES:
        assert f'href="{name}/page.html"' in index
        assert 'href="../index.html"' in (tmp_path / name / "page.html").read_text()
    assert not Tags(index).open
    assert str(tmp_path / "index.html") in out.getvalue()


def test_an_unknown_scenario_is_told_with_the_known_ones(tmp_path: Path) -> None:
    """Exit code 2, and every name to choose from."""
    out = io.StringIO()
    assert main(["pased"], out=out, environ={}, folder=tmp_path / "demo") == 2
    assert "'pased'" in out.getvalue()
    for name in (*NAMES, "all"):
        assert name in out.getvalue()
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("wanted", ["timed-out", "timed_out", "TIMED_OUT", " timed-out "])
def test_dash_and_underscore_are_alike(wanted: str) -> None:
    """A person need not remember which."""
    assert choose_names(wanted) == ("timed-out",)


def test_another_end_than_expected_is_a_failure(tmp_path: Path) -> None:
    """A scenario that says what does not happen is told as a surprise."""
    text = (FOLDER / "wrong-key.yml").read_text()
    (tmp_path / "x.yml").write_text(text.replace("exit_code: 2", "exit_code: 0"))
    run = perform(read_scenario("x", tmp_path), act)
    assert run.surprises == ("exit code: 0 expected, got 2",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("story: x\ntimelime: []", "unknown timelime"),
        ("story: x", "expect"),
        ("expect: {outcome: passed}", "expect.exit_code"),
        ("expect: {exit_code: 0}\nwith: {}\nevent: pull", "event must be one of"),
        ("expect: {exit_code: 0}\nwith: {}\napi: v2", "api must be one of v1, v3"),
        ("expect: {exit_code: 0}\nwith: {}\nmeanwhile: soon", "meanwhile must be a list"),
        ("expect: {exit_code: 0}\nwith: {}\nmeanwhile: [{after_s: 1}]", "after_s and do"),
        ("expect: {exit_code: 0}\nwith: {}\nbefore: [x]", "before"),
        ("[", "x.yml"),
    ],
)
def test_a_wrong_scenario_file_is_told(text: str, told: str, tmp_path: Path) -> None:
    """The message names the place."""
    (tmp_path / "x.yml").write_text(text)
    with pytest.raises(ScenarioError, match=told):
        read_scenario("x", tmp_path)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "environ", "coloured"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colours_are_for_terminals(
    out: io.StringIO, environ: dict[str, str], *, coloured: bool
) -> None:
    """And never where NO_COLOR is set."""
    assert choose_style(out, environ) == Style(coloured=coloured)
