"""Names of images that cannot come to mean something else: with their digest, and where they stand.

A tag in `image:` would make pinning the action by its commit worthless.
"""

from __future__ import annotations

import json
import re
from typing import Final

from release.rules import RefusedError

_BUILT: Final = re.compile(r"^(  image: )Dockerfile$", re.MULTILINE)
_NAME: Final = re.compile(
    r"[a-z0-9]+(?:[._-][a-z0-9]+)*(?::[0-9]+)?(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w.-]{1,128})?"
)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
PLATFORMS: Final = frozenset(["linux/amd64", "linux/arm64"])
"""What GitHub's Linux runners are."""


def write_image(action: str, image: str) -> str:
    """Return the text of action.yml with the image by digest where `Dockerfile` stood.

    Nothing else changes, comments included.
    """
    name, _, digest = image.partition("@")
    if not (_NAME.fullmatch(name) and _DIGEST.fullmatch(digest)):
        raise RefusedError(f"{image!r} does not name an image by its digest")
    written, count = _BUILT.subn(lambda line: f"{line[1]}docker://{image}", action)
    if count != 1:
        raise RefusedError("action.yml does not say 'image: Dockerfile' exactly once")
    return written


def name_by_digest(name: str, index: str) -> str:
    """Return `name@digest` of an index that has every platform.

    `index` is what `docker buildx imagetools inspect --format '{{json .Manifest}}' NAME` prints.
    """
    try:
        manifest = json.loads(index)
        digest = str(manifest["digest"])
        platforms = {
            f"{one['platform']['os']}/{one['platform']['architecture']}"
            for one in manifest["manifests"]
        }
    except (ValueError, LookupError, TypeError) as error:
        raise RefusedError(f"what was said about {name} is no index of images") from error
    if not _DIGEST.fullmatch(digest):
        raise RefusedError(f"{digest!r} is no digest")
    if missing := PLATFORMS - platforms:
        raise RefusedError(f"{name} has no image for {', '.join(sorted(missing))}")
    return f"{name.partition('@')[0]}@{digest}"
