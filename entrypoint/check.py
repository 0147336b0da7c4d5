"""The command `check`: what an output of Devin's would lead to, told before anything is spent.

Schema, rules and output go through the functions of a run. No server is asked, and nothing of a
workflow is needed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from entrypoint.core.documents import DocumentError
from entrypoint.core.gate_text import check_against_schema, read_gate
from entrypoint.core.outcome import Outcome
from entrypoint.core.schema import read_schema
from entrypoint.core.text import quote
from entrypoint.core.trial import find_lacking, read_facts, read_sample, try_out

if TYPE_CHECKING:
    from entrypoint.core.gate import Gate
    from entrypoint.core.input_reader import FileText
    from entrypoint.core.sandbox import Sandbox
    from entrypoint.core.schema import Schema
    from entrypoint.core.time_limit import TimeLimit
    from entrypoint.core.verdict import Verdict
    from entrypoint.world import Log

MAX_FILE_BYTES: Final = 8 * 1024 * 1024
"""What Devin's API may answer at most; schema and rules have smaller limits of their own."""
_Value = TypeVar("_Value")


def check(
    arguments: Sequence[str],
    log: Log,
    read: Callable[[str, int], FileText],
    time_limit: TimeLimit,
    sandbox: Sandbox,
) -> int:
    """Do what the command line asks for and return the exit code; `SystemExit` for `--help`.

    0 passed, or usable where there is no output to judge; 1 not; 2 what cannot be read or is wrong.
    """
    files = _Files(vars(_make_parser().parse_args(arguments)), read)
    schema = files.take("schema", partial(read_schema, time_limit=time_limit))
    gate = files.take("gate", partial(read_gate, sandbox=sandbox))
    if gate is not None and schema is not None:
        files.check("gate", partial(check_against_schema, gate, schema.document))
    sample = files.take("output", read_sample)
    facts = files.take("facts", read_facts) or {}
    if files.problems or schema is None:
        for problem in files.problems:
            log.log(problem)
        return _tell_error(log, f"{len(files.problems)} of the files cannot be used.")
    if sample is None:
        return _tell_usable(log, schema, gate)
    try:
        verdict = try_out(sample, schema, gate, facts, sandbox)
    except DocumentError as error:
        return _tell_error(log, str(error))
    return _tell(log, verdict)


class _Files:
    """Reads the files that options name, and collects what is wrong with them."""

    def __init__(
        self, options: dict[str, str | None], read: Callable[[str, int], FileText]
    ) -> None:
        self._options = options
        self._read = read
        self.problems: list[str] = []

    def take(self, option: str, parse: Callable[[str], _Value]) -> _Value | None:
        """Return what the file of an option holds; `None` without the option, or for a problem."""
        path = self._options[option]
        return None if path is None else self.check(option, lambda: parse(self._text(path)))

    def check(self, option: str, call: Callable[[], _Value]) -> _Value | None:
        """Return what a call gives; what it finds wrong is a problem with the option's file."""
        try:
            return call()
        except DocumentError as error:
            end = "" if str(error).endswith("?") else "."
            self.problems.append(f"--{option} {quote(self._options[option] or '')}: {error}{end}")
            return None

    def _text(self, path: str) -> str:
        text = self._read(path, MAX_FILE_BYTES)
        if isinstance(text, DocumentError):
            raise text
        return text


def _tell(log: Log, verdict: Verdict) -> int:
    """Tell the verdict as a run's log does, with what breaks the schema or decides a rule."""
    for violation in verdict.violations:
        log.log(f"❌ {quote(violation.path)} {violation.message}")
    for result in verdict.gate_results:
        log.log(result.say())
    if verdict.outcome in (Outcome.INVALID_OUTPUT, Outcome.MISSING_OUTPUT, Outcome.BLOCKED):
        log.log("Before that, a run tells Devin so and asks to repair it (`repair_attempts`).")
    log.log(f"Devin Gate: {verdict.outcome}. {verdict.reason}")
    return verdict.exit_code


def _tell_usable(log: Log, schema: Schema, gate: Gate | None) -> int:
    """Tell that nothing is wrong with schema and rules, which is no verdict."""
    if schema.for_api is None:
        log.log("Devin gets the schema in the prompt alone; its API takes draft 7 up to 64 KiB.")
    lacking = find_lacking(gate, {}) if gate else ()
    if lacking:
        log.log(f"For a verdict, --facts has to say {', '.join(map(quote, lacking))}.")
    count = len(gate.rules) if gate else 0
    rules = f" and the {count} rule{'s' * (count > 1)} of the gate" if gate else ""
    log.log(f"The schema{rules} can be used. Nothing was judged: give an output with --output.")
    return 0


def _tell_error(log: Log, what: str) -> int:
    log.log(f"Devin Gate: {Outcome.ERROR}. {what}")
    return Outcome.ERROR.exit_code


def _make_parser() -> argparse.ArgumentParser:
    """Return the reader of the command line, with its help."""
    parser = argparse.ArgumentParser(
        prog="devin-gate",
        description="Without a command this is the step of a workflow, and reads its inputs from "
        "the environment.",
        allow_abbrev=False,
    )
    command = parser.add_subparsers(required=True, metavar="check").add_parser(
        "check",
        help="tell what an output would lead to, offline",
        description="Tells what a structured output of Devin's would lead to: it is held against "
        "the schema, then the gate's rules decide, as in a run. Nothing is asked of Devin or "
        "GitHub, and nothing is spent. Without --output only schema and rules are checked.",
        epilog="Exit code: 0 passed (without --output: schema and rules can be used), 1 not "
        "passed, 2 a file cannot be used, or the rules need a fact that is not given. "
        "A file named - is the standard input.",
        allow_abbrev=False,
    )
    for option, what in _OPTIONS.items():
        command.add_argument(f"--{option}", metavar="FILE", help=what, required=option == "schema")
    return parser


_OPTIONS: Final = {
    "schema": "the JSON Schema, as JSON or YAML (`structured_output_schema`)",
    "gate": "the rules in CEL, one a line, all of which must be true (`gate`)",
    "output": "a structured output as Devin could set it, as JSON; null is none",
    "facts": "what the rules know of `session` and `pull_request`, as JSON or YAML: "
    '{"session": {"phase": "finished"}, "pull_request": {"draft": false, "labels": []}}',
}
