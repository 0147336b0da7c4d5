"""What the versions of Devin's API can do, as far as the program has to know it.

The key says which version an account has. Everything else about a version is known to its adapter
and to the module that reads its sessions; nothing else asks which one it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from entrypoint.core.text import Secret


@dataclass(frozen=True)
class Api:
    """One version of Devin's API."""

    version: str
    is_idempotent: bool
    """Whether a create can ask for the session that the identical request made before."""


V1: Final = Api("v1", is_idempotent=True)


def api_of(key: Secret) -> Api:
    """Return the version that the key opens."""
    del key
    return V1
