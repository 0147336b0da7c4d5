"""What the versions of Devin's API can do, as far as the program has to know it.

The key says which version an account has. Everything else about a version is known to its adapter
and to the module that reads its sessions; nothing else asks which one it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entrypoint.core.text import Secret


@dataclass(frozen=True)
class Api:
    """One version of Devin's API."""

    version: str
    is_idempotent: bool
    """Whether a create can ask for the session that the identical request made before."""
    requires_output: bool
    """Whether a create with a schema says that an output must be there at the end."""
    lacks: Mapping[str, str]
    """The inputs that it does not have, each with the way out."""


V1: Final = Api(
    "v1",
    is_idempotent=True,
    requires_output=False,
    lacks=MappingProxyType(
        {
            "devin_org_id": "the key belongs to one organisation; leave it out",
            "devin_mode": "leave it out, or use a key of v3 (`cog_…`)",
            "repos": "name the repositories in the prompt, or use a key of v3 (`cog_…`)",
        }
    ),
)
V3: Final = Api(
    "v3",
    is_idempotent=False,
    requires_output=True,
    lacks=MappingProxyType(
        {
            "snapshot_id": "leave it out and name the repositories with `repos`, or use a key of "
            "v1 (`apk_…`)",
            "unlisted": "leave it out, or use a key of v1 (`apk_…`)",
        }
    ),
)


def api_of(key: Secret) -> Api:
    """Return the version that the key opens."""
    return V3 if key.reveal().startswith("cog_") else V1
