"""What git would take for a commit or a name; it becomes part of addresses, tags and the prompt."""

from __future__ import annotations

import re
from typing import TypeGuard

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# git-check-ref-format: no control character and no blank. GitHub's longest has 255 bytes.
_REF = re.compile(r"[^\x00-\x20\x7f]{1,1000}")


def is_commit(value: object) -> TypeGuard[str]:
    """Tell whether it is the SHA of a commit; it becomes part of addresses, tags and prompt."""
    return isinstance(value, str) and _COMMIT.fullmatch(value) is not None


def is_ref(value: object) -> TypeGuard[str]:
    """Tell whether git would take it for the name of a branch or tag, on one line at least."""
    return isinstance(value, str) and _REF.fullmatch(value) is not None
