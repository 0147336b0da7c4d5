"""The inputs become `Settings`, and every problem with them at once.

Source of the protocol: actions/runner 2.336. An input `x y` arrives as `INPUT_X_Y`; every declared
one is present, an absent one is empty; `required: true` is not enforced; an undeclared one only
gives a warning there, so here it is a problem, since a mistyped name would open the gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from entrypoint.core import values
from entrypoint.core.api import Api, api_of
from entrypoint.core.gate_text import read_gate
from entrypoint.core.input_reader import DECLARED, FILE_OF, FileText, InputReader
from entrypoint.core.inputs import INPUTS
from entrypoint.core.sandbox import Sandbox, no_sandbox
from entrypoint.core.text import Secret
from entrypoint.core.time_limit import TimeLimit, unlimited
from entrypoint.errors import Problem

if TYPE_CHECKING:
    from entrypoint.core.documents import Json
    from entrypoint.core.gate import Gate
    from entrypoint.core.outcome import Outcome
    from entrypoint.core.schema import Schema


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the workflow file asks for, checked. `None` means absent: it is not sent."""

    devin_api_key: Secret
    devin_org_id: str | None
    """`None`: the key's own, or none at all."""
    devin_api_url: str
    """Without a slash at its end."""
    prompt: str
    title: str | None
    tags: tuple[str, ...] | None
    snapshot_id: str | None
    playbook_id: str | None
    max_acu_limit: int | None
    unlisted: bool | None
    devin_mode: str | None
    repos: tuple[str, ...] | None
    secret_ids: tuple[str, ...] | None
    """`None`: all; empty: none."""
    knowledge_ids: tuple[str, ...] | None
    idempotent: bool
    session_id: str | None
    """The session to judge; then nothing is created, and `prompt` is empty."""
    schema: Schema | None
    gate: Gate | None
    """Only ever with a schema."""
    files_from: Literal["base", "workspace"]
    allowed_associations: frozenset[str]
    on_missing_key: Literal["fail", "skip"]
    repair_attempts: int
    allow_outcomes: frozenset[Outcome]
    wait: bool
    """Whether this step judges; otherwise it leaves once there is a session."""
    timeout_minutes: int
    poll_interval_s: float | None
    on_blocked: Literal["evidence", "wait"]
    on_cancel: Literal["leave", "terminate"]
    github_token: Secret
    comment: Literal["update", "off"]
    comment_key: str | None
    pull_request_number: int | None
    output_file: str | None
    matrix: Json

    @property
    def api(self) -> Api:
        """Return the version of Devin's API that the key opens."""
        return api_of(self.devin_api_key)


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
    filled = {name: value for name, value in given.items() if value or name not in DECLARED}
    return constants | filled


def _name_of(variable: str) -> str:
    """Return the input's name; the runner writes upper case, so anything else is nobody's."""
    name = variable.removeprefix("INPUT_")
    return name.lower() if name == name.upper() else variable


def pull_request_number_of(inputs: Mapping[str, str]) -> int | None:
    """Return the number that is named, before everything is checked."""
    text = inputs.get("pull_request_number", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004


def named_files(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the path of each input that names a file to read."""
    return {name: inputs[name] for name in FILE_OF.values() if name in inputs}


def parse_settings(
    inputs: Mapping[str, str],
    files: Mapping[str, FileText] | None,
    other_secrets: tuple[Secret, ...] = (),
    *,
    secrets_withheld: bool = False,
    time_limit: TimeLimit = unlimited,
    sandbox: Sandbox = no_sandbox,
) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings and every problem with them, in the order of the inputs.

    With a problem the settings are good for telling about it and for nothing else. `files` holds
    what reading each of `named_files` gave, and is `None` where they are not read yet;
    `other_secrets` are the runner's own, which Devin must not see either; `secrets_withheld` says
    that GitHub gives none to this event; `time_limit` and `sandbox` are for what the team's own
    rules make us compute.
    """
    reader = InputReader(inputs, files, other_secrets)
    settings = _take_settings(reader, time_limit, sandbox)
    reader.check_gate(settings.gate, settings.schema)
    reader.check_required(settings.on_missing_key, secrets_withheld=secrets_withheld)
    reader.check_session_id()
    if settings.devin_api_key.reveal():
        reader.check_version(settings.api)
    reader.check_undeclared()
    reader.check_secrets()
    order = {name: place for place, name in enumerate(DECLARED)}
    return settings, tuple(
        sorted(reader.problems, key=lambda problem: order.get(problem.name, len(order)))
    )


def _take_settings(reader: InputReader, time_limit: TimeLimit, sandbox: Sandbox) -> Settings:
    take, word = reader.take, values.parse_word
    return Settings(
        devin_api_key=take("devin_api_key", values.parse_api_key, Secret("")),
        devin_org_id=take("devin_org_id", values.parse_org_id, None),
        devin_api_url=take("devin_api_url", values.parse_api_url, ""),
        prompt=reader.take_text_or_file("prompt", values.parse_prompt) or "",
        title=take("title", values.parse_plain, None),
        tags=take("tags", values.parse_tags, None),
        snapshot_id=take("snapshot_id", values.parse_plain, None),
        playbook_id=take("playbook_id", values.parse_plain, None),
        max_acu_limit=take("max_acu_limit", values.parse_number(1), None),
        unlisted=take("unlisted", values.parse_boolean, None),
        devin_mode=take("devin_mode", word(values.DEVIN_MODES), None),
        repos=take("repos", values.parse_repos, None),
        secret_ids=take("secret_ids", values.parse_ids, None),
        knowledge_ids=take("knowledge_ids", values.parse_ids, None),
        idempotent=take("idempotent", values.parse_boolean, True),
        session_id=take("session_id", values.parse_session_id, None),
        schema=reader.take_text_or_file(
            "structured_output_schema", partial(_read_schema, time_limit=time_limit)
        ),
        gate=reader.take_text_or_file("gate", partial(read_gate, sandbox=sandbox)),
        files_from=take("files_from", word(values.FILES_FROM), "base"),
        allowed_associations=take("allowed_associations", values.parse_associations, frozenset()),
        on_missing_key=take("on_missing_key", word(values.ON_MISSING_KEY), "fail"),
        repair_attempts=take("repair_attempts", values.parse_number(0, 5), 0),
        allow_outcomes=take("allow_outcomes", values.parse_outcomes, frozenset()),
        wait=take("wait", values.parse_boolean, True),
        timeout_minutes=take("timeout_minutes", values.parse_number(1, 4320), 0),
        poll_interval_s=take("poll_interval_seconds", values.parse_number(5, 300), None),
        on_blocked=take("on_blocked", word(values.ON_BLOCKED), "evidence"),
        on_cancel=take("on_cancel", word(values.ON_CANCEL), "leave"),
        github_token=take("github_token", values.parse_token, Secret("")),
        comment=take("comment", values.parse_comment, "update"),
        comment_key=take("comment_key", values.parse_comment_key, None),
        pull_request_number=take("pull_request_number", values.parse_number(1), None),
        output_file=take("output_file", values.parse_path, None),
        matrix=take("matrix", values.parse_matrix, None),
    )


def _read_schema(text: str, time_limit: TimeLimit) -> Schema:
    # Late: the validator is a quarter of the start, and without a schema nothing needs it.
    from entrypoint.core.schema import read_schema

    return read_schema(text, time_limit)
