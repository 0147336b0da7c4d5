"""``python -m release …``: the steps of a release, each with its result on stdout.

Exit code 0 when it is done, 1 with the reasons on stderr when it must not be.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from pathlib import Path

from release.commits import commit_release, list_tags, push_major, push_version
from release.images import name_by_digest, write_image
from release.rules import RefusedError, Sources, check_release, extract_notes


def main(arguments: list[str], root: Path) -> int:
    """Do one step and return the exit code."""
    options = _parse(arguments)
    try:
        print(_do(options, root), end="")
    except RefusedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="release", description="Steps of a release.")
    steps = parser.add_subparsers(dest="step", required=True)
    for name, what, words in (
        ("check", "may the version be released?", ["version"]),
        ("notes", "print what the changelog says about the version", ["version"]),
        ("digest", "print the image's name with the digest of the index on stdin", ["name"]),
        ("image", "write the image into action.yml", ["image"]),
        ("commit", "commit action.yml with the image, and tag it", ["version", "image"]),
        ("push", "push the version's tag", ["version"]),
        ("major", "move the major version's tag", ["version"]),
    ):
        step = steps.add_parser(name, help=what, description=what)
        for word in words:
            step.add_argument(word)
    return parser.parse_args(arguments)


def _do(options: argparse.Namespace, root: Path) -> str:
    match options.step:
        case "check":
            check_release(options.version, _read_sources(root))
            return f"{options.version} may be released\n"
        case "notes":
            return extract_notes(_read(root, "CHANGELOG.md"), options.version)
        case "digest":
            return name_by_digest(options.name, sys.stdin.read()) + "\n"
        case "image":
            written = write_image(_read(root, "action.yml"), options.image)
            (root / "action.yml").write_text(written, encoding="utf-8")
            return ""
        case "commit":
            return commit_release(root, options.version, options.image) + "\n"
        case "push":
            push_version(root, options.version)
            return ""
        case _:
            moved = push_major(root, options.version)
            return f"{moved or 'a newer release has the tag of the major version'}\n"


def _read(root: Path, name: str) -> str:
    return (root / name).read_text("utf-8")


def _read_sources(root: Path) -> Sources:
    text = _read(root, "entrypoint/__init__.py")
    package = re.search(r'^__version__ = "(.*)"$', text, re.MULTILINE)
    return Sources(
        project=tomllib.loads(_read(root, "pyproject.toml"))["project"]["version"],
        package=package[1] if package else "",
        changelog=_read(root, "CHANGELOG.md"),
        tags=list_tags(root),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd()))
