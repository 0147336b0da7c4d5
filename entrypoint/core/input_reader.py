"""Takes the inputs one by one and collects every problem with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from entrypoint.core.documents import DocumentError
from entrypoint.core.gate_text import check_against_schema
from entrypoint.core.inputs import INPUTS
from entrypoint.core.text import Redactor, Secret, one_line, quote
from entrypoint.errors import Problem

if TYPE_CHECKING:
    from entrypoint.core.api import Api
    from entrypoint.core.gate import Gate
    from entrypoint.core.schema import Schema

DECLARED: Final = {item.name: item for item in INPUTS}
FILE_OF: Final = {
    "prompt": "prompt_file",
    "structured_output_schema": "structured_output_schema_file",
    "gate": "gate_file",
}
"""The inputs whose text can stand in a file as well, and the input that names it."""
_RUNNERS_OWN = frozenset({"entrypoint", "args"})
_SECRETS = frozenset({"devin_api_key", "github_token"})
_FOR_A_CREATE = frozenset(
    {
        "prompt",
        "prompt_file",
        "title",
        "tags",
        "snapshot_id",
        "playbook_id",
        "max_acu_limit",
        "unlisted",
        "secret_ids",
        "knowledge_ids",
        "devin_mode",
        "repos",
        "idempotent",
    }
)
_MISSING_KEY: Final = (
    "the repository has no such secret under Settings, Secrets and variables, Actions, or the name "
    "in the expression is another one"
)
_WITHHELD_KEY: Final = (
    "GitHub gives no secrets to pull requests from forks and by Dependabot; let them pass unjudged "
    "with `on_missing_key: skip`, start the workflow by a comment or by `pull_request_target` with "
    "`allowed_associations`, or for Dependabot add the secret under Dependabot secrets"
)
_LFS_POINTER: Final = "version https://git-lfs.github.com/spec/"
"""How a file begins that Git LFS holds elsewhere (its specification, "The Pointer")."""
_PLAIN_PATH: Final = re.compile(r"(?:\.?\w[\w.-]*/)*\.?\w[\w.-]*")
"""A path at which nothing is wrong, and that YAML reads as it stands."""
_Value = TypeVar("_Value")

FileText = str | DocumentError
"""What reading a file gave: its text, or why there is none."""


class InputReader:
    """Reads inputs; what is wrong with them is in `problems`."""

    def __init__(
        self,
        inputs: Mapping[str, str],
        files: Mapping[str, FileText] | None,
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
            twin = FILE_OF.get(name)
            if twin and "/" in text and _PLAIN_PATH.fullmatch(text):
                why = f"{error}; the path of a file goes into `{twin}`"
                self._complain(name, text, why, f"{twin}: {text}")
            else:
                self._complain(name, text, str(error))
            return default

    def take_text_or_file(self, name: str, parse: Callable[[str], _Value]) -> _Value | None:
        """Return what the input, or the file that its twin names, holds; never both."""
        twin = FILE_OF[name]
        if name in self._inputs and twin in self._inputs:
            self._complain(
                twin, self._inputs[twin], f"`{name}` is set as well; remove one of the two"
            )
            return None
        if twin not in self._inputs:
            return self.take(name, parse, None)
        if self._files is None:
            return None
        content = self._files[twin]
        if isinstance(content, str) and self._holds_secret(twin, content):
            return None
        if isinstance(content, str) and content.startswith(_LFS_POINTER):
            content = DocumentError(
                "it is Git LFS's pointer to a file; keep the text itself in Git"
            )
        if isinstance(content, DocumentError):
            self._complain_of_file(twin, twin, str(content))
            return None
        try:
            return parse(content)
        except DocumentError as error:
            self._complain_of_file(twin, name, str(error))
            return None

    def check_gate(self, gate: Gate | None, schema: Schema | None) -> None:
        """Complain about a gate without a schema, and about fields that the schema lacks."""
        name = "gate" if "gate" in self._inputs else "gate_file"
        text = self._inputs.get(name)
        if text is None:
            return
        schemas = ("structured_output_schema", FILE_OF["structured_output_schema"])
        if not {*schemas} & self._inputs.keys():
            why = f"it needs a `{schemas[0]}`, and there is none"
            self._complain(name, text, why, DECLARED[schemas[0]].yaml_line)
        if gate and schema:
            try:
                check_against_schema(gate, schema.document)
            except DocumentError as error:
                if name == "gate":
                    self._complain(name, text, str(error))
                else:
                    self._complain_of_file(name, "gate", str(error))

    def check_required(self, on_missing_key: str, *, secrets_withheld: bool) -> None:
        """Complain about what must be there and is not."""
        has_key = "devin_api_key" in self._inputs
        skips = not has_key and secrets_withheld and on_missing_key == "skip"
        if not has_key and not skips:
            self._complain("devin_api_key", "", _WITHHELD_KEY if secrets_withheld else _MISSING_KEY)
        # Where nothing is asked, the step that starts has no session to hand on either.
        if not skips and not {"prompt", "prompt_file", "session_id"} & self._inputs.keys():
            self._complain(
                "prompt",
                "",
                "neither `prompt`, `prompt_file` nor `session_id` is set, or the expression behind "
                "it is empty, as that of an undefined variable is",
            )
        if "github_token" not in self._inputs and self._inputs.get("comment") == "update":
            self._complain("github_token", "", "without a token set `comment: off`")

    def check_session_id(self) -> None:
        """Complain about what is for a new session where one is named that is there already."""
        if "session_id" not in self._inputs:
            return
        if self._inputs.get("wait", "").lower() == "false":
            why = "with `session_id` nothing is started, so nobody would judge; remove one"
            self._complain("wait", self._inputs["wait"], why)
        for name in sorted(_FOR_A_CREATE & self._inputs.keys()):
            if (name, self._inputs[name].lower()) != ("idempotent", "true"):
                why = "with `session_id` no session is created; remove one"
                self._complain(name, self._inputs[name], why, f"# no {name}")

    def check_version(self, api: Api) -> None:
        """Complain about inputs that the key's version of the API does not have."""
        for name in sorted(api.lacks.keys() & self._inputs.keys()):
            # What its value should be does not matter any more.
            self.problems = [problem for problem in self.problems if problem.name != name]
            why = f"the key is one of API {api.version}, which does not have it: {api.lacks[name]}"
            self._complain(name, self._inputs[name], why, f"# no {name}")

    def check_undeclared(self) -> None:
        """Complain about inputs that do not exist, with the nearest name."""
        for name in sorted(self._inputs.keys() - DECLARED.keys() - _RUNNERS_OWN):
            near = difflib.get_close_matches(name.lower(), DECLARED, n=1)
            item = DECLARED[near[0]] if near else None
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
        texts = {
            **self._inputs,
            **{k: v for k, v in (self._files or {}).items() if isinstance(v, str)},
        }
        for name, text in texts.items():
            if name in DECLARED and self._holds_secret(name, text):
                self._complain(name, "", "it holds a key or token, which Devin must not see")

    def _holds_secret(self, name: str, text: str) -> bool:
        return name not in _SECRETS and self._redactor.redact(text) != text

    def _complain_of_file(self, twin: str, rule: str, why: str) -> None:
        """Complain about what a file holds, or that it cannot be read; `rule` says what may be there.

        The line to write keeps the file's own path, lest somebody take the example's for the cure.
        """
        path = self._inputs[twin]
        self._complain(twin, path, why)
        if _PLAIN_PATH.fullmatch(path) and self._redactor.redact(path) == path:
            self.problems[-1] = replace(
                self.problems[-1],
                allowed=DECLARED[rule].allowed,
                example=f"{twin}: {path} # once it can be used",
            )

    def _complain(self, name: str, text: str, why: str, cure: str = "") -> None:
        """Complain; `cure` is the line to write where it is not one of this input."""
        item = DECLARED[name]
        redact = self._redactor.redact
        shown = "a value that is not shown" if name in _SECRETS else quote(redact(text), 80)
        got = f"{shown} ({redact(why)})" if text else f"nothing usable ({redact(why)})"
        self.problems.append(Problem(name, got, item.allowed, cure or item.yaml_line))
