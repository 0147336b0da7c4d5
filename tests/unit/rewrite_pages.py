"""Writes the expected pages anew: `python -m tests.unit.rewrite_pages`.

The difference is then read in the version control, as the user would read the page.
"""

from __future__ import annotations

from tests.unit.pages import FOLDER, PAGES


def rewrite_pages() -> None:
    """Write each page to its file, and remove those that nobody expects any more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.md"):
        path.unlink()
    for name, render in PAGES.items():
        (FOLDER / f"{name}.md").write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    rewrite_pages()
