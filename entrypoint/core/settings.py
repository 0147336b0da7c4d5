"""The inputs become `Settings`, and every problem with them at once.

Source of the protocol: actions/runner 2.336. An input `x y` arrives as `INPUT_X_Y`; every declared
one is present, an absent one is empty; `required: true` is not enforced; an undeclared one only
gives a warning there, so here it is a problem, since a mistyped name would open the gate.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from entrypoint.core import values
from entrypoint.core.documents import DocumentError
from entrypoint.core.inputs import INPUTS
from entrypoint.core.schema import read_schema
from entrypoint.core.text import Redactor, Secret, one_line, quote
from entrypoint.errors import Problem

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.schema import Schema
    from entrypoint.core.verdict import Outcome


_DECLARED = {item.name: item for item in INPUTS}
_RUNNERS_OWN = frozenset({"entrypoint", "args"})
_SECRETS = frozenset({"devin_api_key", "github_token"})
_Value = TypeVar("_Value")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the workflow file asks for, checked. `None` means absent: it is not sent."""

    devin_api_key: Secret
    devin_api_url: str
    """Without a slash at its end."""
    prompt: str
    title: str | None
    tags: tuple[str, ...] | None
    snapshot_id: str | None
    playbook_id: str | None
    max_acu_limit: int | None
    unlisted: bool | None
    secret_ids: tuple[str, ...] | None
    """`None`: all; empty: none."""
    knowledge_ids: tuple[str, ...] | None
    idempotent: bool
    schema: Schema | None
    allow_outcomes: frozenset[Outcome]
    timeout_minutes: int
    poll_interval_s: float | None
    on_cancel: Literal["leave", "terminate"]
    github_token: Secret
    comment: Literal["update", "off"]
    comment_key: str | None
    pull_request_number: int | None
    output_file: str | None
    matrix: Json


FileText = str | DocumentError
"""What reading a file gave: its text, or why there is none."""


def read_inputs(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each input that is set, defaults applied, white space at its ends gone.

    Undeclared inputs are in it too, for `parse_settings` to complain about.
    """
    given = {
        _name_of(variable): value.strip()
        for variable, value in environ.items()
        if variable.startswith("INPUT_")
    }
    constants = {i.name: i.default for i in INPUTS if i.default and "${{" not in i.default}
    filled = {name: value for name, value in given.items() if value or name not in _DECLARED}
    return constants | filled


def _name_of(variable: str) -> str:
    """Return the input's name; the runner writes upper case, so anything else is nobody's."""
    name = variable.removeprefix("INPUT_")
    return name.lower() if name == name.upper() else variable


def named_files(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the path of each input that names a file to read."""
    return {name: inputs[name] for name in _FILE_OF.values() if name in inputs}


_FILE_OF: Final = {
    "prompt": "prompt_file",
    "structured_output_schema": "structured_output_schema_file",
}


def parse_settings(
    inputs: Mapping[str, str],
    files: Mapping[str, FileText],
    other_secrets: tuple[Secret, ...] = (),
) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings and every problem with them, in the order of the inputs.

    With a problem the settings are good for telling about it and for nothing else. `files` holds
    what reading each of `named_files` gave; `other_secrets` are the runner's own, which Devin must
    not see either.
    """
    reader = _Reader(inputs, files, other_secrets)
    settings = _take_settings(reader)
    reader.check_required()
    reader.check_undeclared()
    reader.check_secrets()
    order = {name: place for place, name in enumerate(_DECLARED)}
    return settings, tuple(
        sorted(reader.problems, key=lambda problem: order.get(problem.name, len(order)))
    )


def _take_settings(reader: _Reader) -> Settings:
    return Settings(
        devin_api_key=reader.take("devin_api_key", values.parse_api_key, Secret("")),
        devin_api_url=reader.take("devin_api_url", values.parse_api_url, ""),
        prompt=reader.take_text_or_file("prompt", values.parse_prompt) or "",
        title=reader.take("title", values.parse_plain, None),
        tags=reader.take("tags", values.parse_tags, None),
        snapshot_id=reader.take("snapshot_id", values.parse_plain, None),
        playbook_id=reader.take("playbook_id", values.parse_plain, None),
        max_acu_limit=reader.take("max_acu_limit", values.parse_number(1), None),
        unlisted=reader.take("unlisted", values.parse_boolean, None),
        secret_ids=reader.take("secret_ids", values.parse_ids, None),
        knowledge_ids=reader.take("knowledge_ids", values.parse_ids, None),
        idempotent=reader.take("idempotent", values.parse_boolean, True),
        schema=reader.take_text_or_file("structured_output_schema", read_schema),
        allow_outcomes=reader.take("allow_outcomes", values.parse_outcomes, frozenset()),
        timeout_minutes=reader.take("timeout_minutes", values.parse_number(1, 4320), 0),
        poll_interval_s=reader.take("poll_interval_seconds", values.parse_number(5, 300), None),
        on_cancel=reader.take("on_cancel", values.parse_on_cancel, "leave"),
        github_token=reader.take("github_token", values.parse_token, Secret("")),
        comment=reader.take("comment", values.parse_comment, "update"),
        comment_key=reader.take("comment_key", values.parse_comment_key, None),
        pull_request_number=reader.take("pull_request_number", values.parse_number(1), None),
        output_file=reader.take("output_file", values.parse_path, None),
        matrix=reader.take("matrix", values.parse_matrix, None),
    )


class _Reader:
    """Reads inputs one by one and collects the problems."""

    def __init__(
        self,
        inputs: Mapping[str, str],
        files: Mapping[str, FileText],
        other_secrets: tuple[Secret, ...],
    ) -> None:
        self._inputs = inputs
        self._files = files
        own = (Secret(inputs[name]) for name in sorted(_SECRETS) if name in inputs)
        self._redactor = Redactor((*own, *other_secrets))
        self.problems: list[Problem] = []

    def take(self, name: str, parse: Callable[[str], _Value], default: _Value) -> _Value:
        """Return the parsed input, or the default where it is absent or a problem."""
        text = self._inputs.get(name)
        if text is None:
            return default
        if self._holds_secret(name, text):
            return default  # `check_secrets` tells; what the parser would say could quote it
        try:
            return parse(text)
        except DocumentError as error:
            self._complain(name, text, str(error))
            return default

    def take_text_or_file(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        """Return what the input, or the file that its twin names, holds; never both."""
        twin = _FILE_OF[name]
        if name in self._inputs and twin in self._inputs:
            self._complain(
                twin, self._inputs[twin], f"`{name}` is set as well; remove one of the two"
            )
            return None
        if twin not in self._inputs:
            return self.take(name, parse, None)
        content = self._files[twin]
        if isinstance(content, str) and self._holds_secret(twin, content):
            return None
        try:
            if isinstance(content, DocumentError):
                raise content
            return parse(content)
        except DocumentError as error:
            self._complain(twin, self._inputs[twin], str(error))
            return None

    def check_required(self) -> None:
        """Complain about what must be there and is not."""
        if "devin_api_key" not in self._inputs:
            self._complain(
                "devin_api_key",
                "",
                "the repository has no such secret under Settings, Secrets and variables, "
                "Actions, or GitHub does not give it to this event: pull requests from forks and "
                "by Dependabot get no secrets",
            )
        if "prompt" not in self._inputs and "prompt_file" not in self._inputs:
            self._complain(
                "prompt",
                "",
                "neither `prompt` nor `prompt_file` is set, or the expression behind it is empty, "
                "as that of an undefined variable is",
            )
        if "github_token" not in self._inputs and self._inputs.get("comment") == "update":
            self._complain("github_token", "", "without a token set `comment: off`")

    def check_undeclared(self) -> None:
        """Complain about inputs that do not exist, with the nearest name."""
        for name in sorted(self._inputs.keys() - _DECLARED.keys() - _RUNNERS_OWN):
            near = difflib.get_close_matches(name.lower(), _DECLARED, n=1)
            item = _DECLARED[near[0]] if near else None
            self.problems.append(
                Problem(
                    one_line(self._redactor.redact(name), 60).replace("`", "'"),
                    "an input that does not exist",
                    f"`{item.name}`, which is near" if item else "the inputs of the README",
                    item.yaml_line if item else "the name of a declared input",
                )
            )

    def check_secrets(self) -> None:
        """Complain about a key or token inside a text that Devin would get."""
        texts = {**self._inputs, **{k: v for k, v in self._files.items() if isinstance(v, str)}}
        for name, text in texts.items():
            if name in _DECLARED and self._holds_secret(name, text):
                self._complain(name, "", "it holds a key or token, which Devin must not see")

    def _holds_secret(self, name: str, text: str) -> bool:
        return name not in _SECRETS and self._redactor.redact(text) != text

    def _complain(self, name: str, text: str, why: str) -> None:
        item = _DECLARED[name]
        redact = self._redactor.redact
        shown = "a value that is not shown" if name in _SECRETS else quote(redact(text), 80)
        got = f"{shown} ({redact(why)})" if text else f"nothing usable ({redact(why)})"
        self.problems.append(Problem(name, got, item.allowed, item.yaml_line))
