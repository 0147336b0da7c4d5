"""The part of YAML that has a JSON meaning, and one meaning only, whichever version is read.

YAML 1.1, which PyYAML reads, takes `no` for false and `010` for 8; version 1.2 does not.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NoReturn

import yaml


class StrictLoader(yaml.SafeLoader):
    """SafeLoader less everything that JSON cannot say."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what is more than its text: anchors, aliases and tags."""
        event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML has no types for it
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            _refuse("anchors and aliases are not read", event.start_mark)
        if getattr(event, "tag", None):
            _refuse("tags are not read", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's signature
    ) -> dict[Hashable, object]:
        """Refuse keys that JSON does not have, and those that stand twice."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.tag != "tag:yaml.org,2002:str":
                _refuse("a key must be a string; put it in quotes", key_node.start_mark)
            if key_node.value in seen:
                _refuse("a key stands twice", key_node.start_mark)
            if key_node.value == "<<" and key_node.style is None:
                _refuse("merge keys are not read", key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


_UNSAID = "tag:yaml.org,2002:value"  # PyYAML knows the tag, and nothing else here has it
# The core schema of YAML 1.2.2, section 10.3.2. What it reads as a number and JSON cannot write, or
# YAML 1.1 reads otherwise, is refused.
for _tag, _pattern, _first in (
    ("null", r"(?:~|null|Null|NULL|)", ["~", "n", "N", ""]),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "value",
        r"(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))",
        list("-+0."),
    ),
    ("value", r"[-+]?0[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?", list("-+0")),
    (
        "float",
        r"[-+]?(?:(?:0|[1-9][0-9]*)?\.[0-9]+|(?:0|[1-9][0-9]*)\.?)(?:[eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
):
    StrictLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^{_pattern}$"), _first
    )


def _refuse(reason: str, mark: yaml.Mark) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, reason, mark)


StrictLoader.add_constructor(
    _UNSAID,
    lambda _, node: _refuse("a number is written as in JSON, a word in quotes", node.start_mark),
)
