"""Writes the expected pages anew: `python -m tests.unit.rewrite_pages`.

The difference is then read in the version control, as the user would read the page.
"""

from __future__ import annotations

from tests.unit import pages, said


def rewrite_pages() -> None:
    """Write each page to its file, and remove those that nobody expects any more."""
    for folder, kept in ((pages.FOLDER, pages.PAGES), (said.FOLDER, said.SAID)):
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.md"):
            path.unlink()
        for name, render in kept.items():
            (folder / f"{name}.md").write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    rewrite_pages()
