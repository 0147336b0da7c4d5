"""One row of the table of inputs, and the words that rows share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Input:
    """One input of the action."""

    name: str
    group: str
    """Heading in the README."""
    what: str
    """One line for `action.yml` and the README."""
    allowed: str
    """What is allowed, in words, for error messages."""
    example: str
    """A correct value, as it stands in a line of YAML after the name."""
    default: str = ""
    """What an empty value means, as `action.yml` has it; `""`: absent."""
    required: bool = False

    @property
    def yaml_line(self) -> str:
        """Return a correct line of YAML."""
        return f"{self.name}: {self.example}"


ANY_TEXT: Final = "text without control characters"
LIST: Final = "one item a line, or commas, or a YAML or JSON list of strings"
