"""What an output would lead to, were it Devin's: judged as a run judges, without a session.

What a gate needs of `session` and `pull_request` must be said by whoever asks; nothing is made up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from entrypoint.core.documents import (
    DocumentError,
    read_json_or_yaml,
    read_json_with_flaws,
    write_json,
)
from entrypoint.core.facts import FIELDS
from entrypoint.core.looking import examine
from entrypoint.core.outcome import Outcome
from entrypoint.core.ruling import rule
from entrypoint.core.schema import Schema
from entrypoint.core.session import Phase, Session
from entrypoint.core.session_v1 import read_session_v1
from entrypoint.core.text import quote
from entrypoint.core.verdict import Ending, Verdict, judge
from entrypoint.core.violations import NO_SECRETS
from entrypoint.core.watching import Look, Stop, StopReason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from entrypoint.core.documents import Json
    from entrypoint.core.gate import Gate
    from entrypoint.core.sandbox import Sandbox

_ID: Final = "devin-sample"
_TEXTS: Final[Json] = {"type": "array", "items": {"type": "string"}}
_KINDS: Final[Mapping[str, Mapping[str, Json]]] = {
    "session": {
        "status": {"type": "string"},
        "phase": {"enum": [str(phase) for phase in Phase if phase.is_ended]},
        "url": {"type": "string"},
        "duration_seconds": {"type": "integer", "minimum": 0},
        "acus_consumed": {"type": ["number", "null"]},
        "pull_requests": _TEXTS,
    },
    "pull_request": {
        "number": {"type": "integer", "minimum": 1},
        "head_sha": {"type": "string"},
        "base_ref": {"type": "string"},
        "author": {"type": "string"},
        "draft": {"type": "boolean"},
        "labels": _TEXTS,
    },
}
"""The facts that can be given, and of which kind each is."""
_EXAMPLES: Final[Mapping[str, Json]] = {
    "status": "blocked",
    "phase": "awaiting_user",
    "url": "https://app.devin.ai/sessions/0",
    "duration_seconds": 600,
    "acus_consumed": None,
    "pull_requests": [],
    "number": 12,
    "head_sha": "0" * 40,
    "base_ref": "main",
    "author": "octocat",
    "draft": False,
    "labels": [],
}


def read_sample(text: str) -> Session:
    """Return a finished session with the output that a JSON text holds; `null` is none.

    Raises `DocumentError` for what Devin's API could not send.
    """
    read_json_with_flaws(text)
    answer = read_json_with_flaws(f'{{"status":"finished","structured_output":{text}\n}}')
    return read_session_v1(answer, _ID)


def read_facts(text: str) -> dict[str, Json]:
    """Return what is said about session and pull request, or raise `DocumentError`."""
    value = read_json_or_yaml(text)
    broken = Schema(_facts_schema()).find_violations(
        Session(_ID, "finished", Phase.FINISHED, structured_output=value)
    )
    if broken or not isinstance(value, dict):
        wrong = "; ".join(f"{quote(one.path)} {one.message}" for one in broken)
        known = "; ".join(f"of `{root}` {', '.join(names)}" for root, names in FIELDS.items())
        raise DocumentError(f"{wrong}; known are {known}")
    return value


def try_out(
    session: Session,
    schema: Schema,
    gate: Gate | None,
    facts: Mapping[str, Json],
    sandbox: Sandbox,
) -> Verdict:
    """Return the verdict of a run whose session ended like this, its repairs left out.

    Raises `DocumentError` where a rule that is asked needs a fact that is not given.
    """
    said = facts.get("session")
    phase = said.get("phase") if isinstance(said, dict) else None
    session = replace(session, phase=Phase(str(phase or Phase.FINISHED)))
    look = Look(0.0, *examine(session, schema, NO_SECRETS))
    ending = Ending(Stop(StopReason.SETTLED), look, has_schema=True, timeout_minutes=0)
    nobody = frozenset[Outcome]()

    def state() -> dict[str, Json]:
        _refuse_lacking(gate, facts)
        known: dict[str, Json] = {"session": None, "pull_request": None, **facts}
        return known | {"output": look.session.structured_output}

    return rule(judge(ending, nobody), gate, state, sandbox, NO_SECRETS, nobody)


def find_lacking(gate: Gate, facts: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the facts that the rules look at and that are not given, each once."""
    lacking = []
    for path in gate.paths:
        root, *steps = map(str, path.steps)
        if root not in FIELDS:
            continue
        known = facts.get(root)
        if root not in facts or (isinstance(known, dict) and steps and steps[0] not in known):
            lacking.append(".".join([root, *steps[:1]]))
    return tuple(dict.fromkeys(lacking))


def _refuse_lacking(gate: Gate | None, facts: Mapping[str, Json]) -> None:
    lacking = find_lacking(gate, facts) if gate else ()
    if not lacking:
        return
    example: dict[str, Json] = {}
    for name in lacking:
        root, _, field = name.partition(".")
        fields = example.setdefault(root, {})
        if field and isinstance(fields, dict):
            fields[field] = _EXAMPLES[field]
    raise DocumentError(
        f"The rules also look at {', '.join(map(quote, lacking))}. Say what that would be, in a "
        f"file for --facts such as {quote(write_json(example), 800)}."
    )


def _facts_schema() -> dict[str, Json]:
    parts: dict[str, Json] = {
        name: {
            "type": ["object", "null"] if name == "pull_request" else "object",
            "properties": {**kinds},
            "additionalProperties": False,
        }
        for name, kinds in _KINDS.items()
    }
    return {"type": "object", "properties": parts, "additionalProperties": False}
