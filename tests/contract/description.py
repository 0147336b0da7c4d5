"""An OpenAPI description, and values held against its schemas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import yaml
from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, object]


@dataclass(frozen=True)
class Description:
    """The description in a file of this folder."""

    name: str

    @cached_property
    def whole(self) -> Json:
        """Return all of it."""
        path = Path(__file__).with_name(self.name)
        return dict(yaml.safe_load(path.read_text(encoding="utf-8")))

    def dig(self, *names: str) -> Json:
        """Return a part; a reference on the way is followed."""
        part = self.whole
        for name in names:
            part = cast("Json", part[name])
            if "$ref" in part:
                part = self.dig(*str(part["$ref"]).removeprefix("#/").split("/"))
        return part

    def check(self, value: object, schema: object) -> None:
        """Raise ``ValidationError`` unless the value is as the schema says."""
        whole = {**cast("Json", schema), "components": self.whole["components"]}
        Draft202012Validator(whole, format_checker=FormatChecker(["date-time"])).validate(value)
