"""What a page names is there: pages, headings, tests, modules, commands of make."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.repo.test_hygiene import ROOT, tracked

PAGES = sorted(path for path in tracked() if path.suffix == ".md" and "cases" not in path.parts)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
ABSOLUTE = re.compile(r"[a-z]+:|//")


def name_of(path: Path) -> str:
    """Return the path as the test's id."""
    return str(path.relative_to(ROOT))


def anchors_of(path: Path) -> set[str]:
    """Return the anchors that GitHub makes of the page's headings."""
    tokens = MarkdownIt().parse(path.read_text("utf-8"))
    titles = [
        after.content for token, after in itertools.pairwise(tokens) if token.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link names a file of the repository, and a heading of it where it says so."""
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if ABSOLUTE.match(target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors_of(linked), target


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_is_named_is_there(page: Path) -> None:
    """A path of ours and a `make` target in code quotes exist."""
    text = page.read_text("utf-8")
    for named in re.findall(r"`((?:tests|entrypoint|simulator|docs|bench)/[\w./-]*)`", text):
        assert (ROOT / named).exists(), named
    for target in re.findall(r"`make ([a-z]+)", text):
        assert target in TARGETS, target
