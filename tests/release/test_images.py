"""An image is named by its digest, and `action.yml` changes in that one line."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Final

import pytest
import yaml

from release.images import name_by_digest, write_image
from release.rules import RefusedError

ROOT: Final = Path(__file__).resolve().parents[2]
ACTION: Final = (ROOT / "action.yml").read_text("utf-8")
DIGEST: Final = "sha256:" + "0123456789abcdef" * 4
IMAGE: Final = f"ghcr.io/octo-org/devin-gate@{DIGEST}"


def index(*platforms: str, digest: str = DIGEST) -> str:
    """Return what buildx says about an index of these platforms, and its attestations."""
    names = [*(one.split("/") for one in platforms), ["unknown", "unknown"]]
    manifests = [{"platform": {"os": one[0], "architecture": one[1]}} for one in names]
    return json.dumps({"digest": digest, "manifests": manifests})


def test_a_release_differs_from_main_in_one_line() -> None:
    """What users run is the reviewed file, except that the image is pulled and not built."""
    written = write_image(ACTION, IMAGE)
    changes = [
        line
        for line in difflib.unified_diff(ACTION.splitlines(), written.splitlines(), n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    assert changes == ["-  image: Dockerfile", f"+  image: docker://{IMAGE}"]
    assert yaml.safe_load(written)["runs"]["image"] == f"docker://{IMAGE}"


@pytest.mark.parametrize(
    "image",
    [
        "ghcr.io/octo-org/devin-gate:1.2.0",
        "ghcr.io/octo-org/devin-gate",
        f"ghcr.io/octo-org/devin-gate@{DIGEST[:-1]}",
        f"ghcr.io/octo-org/devin-gate@{DIGEST}0",
        f"ghcr.io/Octo-Org/devin-gate@{DIGEST}",
        f"@{DIGEST}",
        f"ghcr.io/octo-org/devin-gate@{DIGEST}\n  args: [x]",
        f"docker://{IMAGE}",
        "",
    ],
)
def test_only_a_digest_is_written(image: str) -> None:
    """A name that could come to mean another image never stands in a release."""
    with pytest.raises(RefusedError, match="does not name an image by its digest"):
        write_image(ACTION, image)


@pytest.mark.parametrize("action", ["", write_image(ACTION, IMAGE), ACTION + ACTION])
def test_what_is_replaced_is_there_once(action: str) -> None:
    """A file that changed its form is not rewritten by half."""
    with pytest.raises(RefusedError, match="exactly once"):
        write_image(action, IMAGE)


def test_an_index_of_both_architectures_has_a_name_by_digest() -> None:
    """The base, and the release itself, serve every runner of GitHub's with one name."""
    both = index("linux/arm64", "linux/amd64", "linux/s390x")
    base = "python:3.13-slim-trixie"
    assert name_by_digest(base, both) == f"{base}@{DIGEST}"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (index("linux/amd64"), "linux/arm64"),
        (index(), "linux/amd64, linux/arm64"),
        (index("linux/amd64", "linux/arm64", digest="sha256:12"), "no digest"),
        (json.dumps({"digest": DIGEST}), "no index"),
        ("{}", "no index"),
        ("null", "no index"),
        ("", "no index"),
    ],
)
def test_what_is_no_such_index_is_refused(said: str, reason: str) -> None:
    """A build that lost an architecture, or a registry that answered oddly, ends the release."""
    with pytest.raises(RefusedError, match=reason):
        name_by_digest("python:3.13-slim-trixie", said)
