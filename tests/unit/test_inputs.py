"""Each value of each input: what it becomes, or what the team is told about it."""

from __future__ import annotations

import pytest

from entrypoint.core.api import V1
from entrypoint.core.inputs import INPUTS
from entrypoint.core.outcome import ALLOWABLE, Outcome
from entrypoint.core.text import Secret, quote
from entrypoint.errors import Problem
from tests.unit.builders import (
    API_KEY_V3,
    make_settings,
    parse,
    required,
)

TABLE = {item.name: item for item in INPUTS}
TAGS_47 = "\n".join(f"t{n}" for n in range(47))
TAGS = tuple(f"t{n}" for n in range(47))


def say(value: object) -> str:
    """Return a value for a test's id; a set's order differs from process to process."""
    return (repr(sorted(value)) if isinstance(value, frozenset) else repr(value))[:30]


def problems_of(**inputs: str) -> tuple[Problem, ...]:
    """Return the problems of a step with these inputs besides the required ones."""
    return parse(required(**inputs))[1]


def key_for(name: str) -> dict[str, str]:
    """Return a key of a version of the API that has the input."""
    return {"devin_api_key": API_KEY_V3} if name in V1.lacks else {}


def plain(value: object) -> object:
    """Return a value in a form that can be compared."""
    return value.reveal() if isinstance(value, Secret) else value


@pytest.mark.parametrize(
    ("name", "field", "text", "value"),
    [
        ("devin_api_key", None, "apk_user_x", "apk_user_x"),
        ("devin_api_key", None, "apk_x", "apk_x"),
        ("devin_api_key", None, "  apk_x\n", "apk_x"),
        ("devin_api_key", None, "cog_x", "cog_x"),
        ("devin_org_id", None, "", None),
        ("devin_org_id", None, "org-0123abc", "org-0123abc"),
        ("devin_api_url", None, "https://api.devin.ai/", "https://api.devin.ai"),
        ("devin_api_url", None, "https://acme.devinenterprise.com/api//", "https://acme.devinenterprise.com/api"),
        ("devin_api_url", None, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("devin_api_url", None, "http://localhost:8080", "http://localhost:8080"),
        ("devin_api_url", None, "http://[::1]:8080", "http://[::1]:8080"),
        ("devin_api_url", None, "", "https://api.devin.ai"),
        ("prompt", None, "a\nb", "a\nb"),
        ("title", None, "Ünïcode: yes", "Ünïcode: yes"),
        ("title", None, "", None),
        ("tags", None, "a, b,,a", ("a", "b")),
        ("tags", None, "a\nb, c\n", ("a", "b, c")),
        ("tags", None, '["a, b", "c"]', ("a, b", "c")),
        ("tags", None, "- a\n- b", ("a", "b")),
        ("tags", None, "[a, b]", ("a", "b")),
        ("tags", None, TAGS_47, TAGS),
        ("tags", None, "", None),
        ("snapshot_id", None, "snapshot-1", "snapshot-1"),
        ("snapshot_id", None, "", None),
        ("playbook_id", None, "playbook-1", "playbook-1"),
        ("playbook_id", None, "", None),
        ("max_acu_limit", None, "1", 1),
        ("max_acu_limit", None, "", None),
        ("unlisted", None, "true", True),
        ("unlisted", None, "False", False),
        ("unlisted", None, "", None),
        ("devin_mode", None, "", None),
        ("devin_mode", None, "normal", "normal"),
        ("devin_mode", None, "fusion", "fusion"),
        ("repos", None, "", None),
        ("repos", None, "octo/shop, octo/shop-api", ("octo/shop", "octo/shop-api")),
        ("repos", None, "group/sub.group/name_1", ("group/sub.group/name_1",)),
        ("secret_ids", None, "", None),
        ("secret_ids", None, "none", ()),
        ("secret_ids", None, "None", ()),
        ("secret_ids", None, "a, b", ("a", "b")),
        ("knowledge_ids", None, "", None),
        ("knowledge_ids", None, "none", ()),
        ("knowledge_ids", None, "a", ("a",)),
        ("idempotent", None, "", True),
        ("idempotent", None, "FALSE", False),
        ("allow_outcomes", None, "", frozenset()),
        ("allow_outcomes", None, "timed_out, blocked", frozenset({Outcome.TIMED_OUT, Outcome.BLOCKED})),
        ("files_from", None, "", "base"),
        ("files_from", None, "workspace", "workspace"),
        ("allowed_associations", None, "", frozenset({"OWNER", "MEMBER", "COLLABORATOR"})),
        ("allowed_associations", None, "owner\nCONTRIBUTOR", frozenset({"OWNER", "CONTRIBUTOR"})),
        ("allowed_associations", None, "NONE", frozenset({"NONE"})),
        ("on_missing_key", None, "", "fail"),
        ("on_missing_key", None, "skip", "skip"),
        ("repair_attempts", None, "", 1),
        ("repair_attempts", None, "0", 0),
        ("repair_attempts", None, "5", 5),
        ("on_blocked", None, "", "evidence"),
        ("on_blocked", None, "evidence", "evidence"),
        ("on_blocked", None, "wait", "wait"),
        ("wait", None, "", True),
        ("wait", None, "true", True),
        ("wait", None, "False", False),
        ("timeout_minutes", None, "", 60),
        ("timeout_minutes", None, "1", 1),
        ("timeout_minutes", None, "4320", 4320),
        ("poll_interval_seconds", "poll_interval_s", "", None),
        ("poll_interval_seconds", "poll_interval_s", "5", 5),
        ("poll_interval_seconds", "poll_interval_s", "300", 300),
        ("github_token", None, "ghs_x", "ghs_x"),
        ("on_cancel", None, "", "leave"),
        ("on_cancel", None, "leave", "leave"),
        ("on_cancel", None, "terminate", "terminate"),
        ("comment", None, "", "update"),
        ("comment", None, "update", "update"),
        ("comment", None, "off", "off"),
        ("comment", None, "false", "off"),
        ("comment_key", None, "", None),
        ("comment_key", None, "a" * 64, "a" * 64),
        ("comment_key", None, "A.b_c-1", "A.b_c-1"),
        ("pull_request_number", None, "", None),
        ("pull_request_number", None, "1", 1),
        ("output_file", None, "", None),
        ("output_file", None, "a/b.json", "a/b.json"),
        ("output_file", None, "..x", "..x"),
        ("matrix", None, "", None),
        ("matrix", None, "null", None),
        ("matrix", None, "{}", None),
        ("matrix", None, '{"os": "linux"}', {"os": "linux"}),
    ],
    ids=say,
)  # fmt: skip
def test_a_good_value_is_taken(name: str, field: str | None, text: str, value: object) -> None:
    """What a team may write is taken as it is meant; empty means absent."""
    settings = make_settings(**{**key_for(name), name: text})
    assert plain(getattr(settings, field or name)) == value


BAD = [
    ("devin_api_key", "sk-1234567", "neither with `cog_` nor with `apk_`"),
    ("devin_api_key", "COG_1234567", "neither with `cog_` nor with `apk_`"),
    ("devin_org_id", "Octo Corp", "no ID"),
    ("devin_org_id", "org-1/../org-2", "no ID"),
    ("devin_org_id", "https://app.devin.ai/org/octo", "no ID"),
    ("devin_api_key", "apk_a b", "blanks"),
    ("devin_api_key", "apk_ä", "letters"),
    ("devin_api_url", "http://api.devin.ai", "unencrypted"),
    ("devin_api_url", "http://127.0.0.1.evil.test", "unencrypted"),
    ("devin_api_url", "api.devin.ai", "no http or https"),
    ("devin_api_url", "ftp://api.devin.ai", "no http or https"),
    ("devin_api_url", "https://api.devin.ai/v1", "version"),
    ("devin_api_url", "https://api.devin.ai/v3/", "version"),
    ("devin_api_url", "https://api.devin.ai/v3/organizations/org-1", "version"),
    ("devin_api_url", "https://acme.devinenterprise.com/api/v3/organizations", "version"),
    ("devin_api_url", "https://u:p@api.devin.ai", "user"),
    ("devin_api_url", "https://api.devin.ai?x=1", "query"),
    ("devin_api_url", "https://api.devin.ai#x", "fragment"),
    ("devin_api_url", "https://api.devin.ai:x", "no address"),
    ("devin_api_url", "https:///x", "no host"),
    ("title", "a\nb", "line break"),
    ("title", "a\x1bb", "control character"),
    ("tags", TAGS_47 + "\nt47", "there are 48"),
    ("tags", "a, devin-gate:x", "own"),
    ("tags", "Devin-Gate:x", "own"),
    ("tags", "[1, 2]", "quotes"),
    ("tags", "[a", "not"),
    ("tags", '["a\\nb"]', "line break"),
    ("snapshot_id", "a\nb", "line break"),
    ("playbook_id", "a\u202eb", "control character"),
    ("max_acu_limit", "0", "range"),
    ("max_acu_limit", "-1", "whole number"),
    ("max_acu_limit", "1.5", "whole number"),
    ("max_acu_limit", "ten", "whole number"),
    ("max_acu_limit", "9" * 5000, "whole number"),
    ("max_acu_limit", "٣", "whole number"),
    ("unlisted", "yes", "neither true nor false"),
    ("devin_mode", "Fast", "none of the five words"),
    ("devin_mode", "turbo", "none of the five words"),
    ("repos", "shop", "`owner/name`"),
    ("repos", "https://github.com/octo/shop", "`owner/name`"),
    ("repos", "octo/shop, /shop", "`owner/name`"),
    ("repos", ",", "`owner/name`"),
    ("secret_ids", "none, a", "alone"),
    ("secret_ids", "[]", "empty list"),
    ("knowledge_ids", "a, NONE", "alone"),
    ("knowledge_ids", ",", "empty list"),
    ("idempotent", "1", "neither true nor false"),
    ("structured_output_schema", "[]", "must be an object"),
    ("structured_output_schema", "{", "not JSON"),
    ("structured_output_schema", '{"type": "strng"}', "$.type"),
    ("allow_outcomes", "timedout", "did you mean `timed_out`"),
    ("allow_outcomes", "error", "cannot be allowed"),
    ("allow_outcomes", "cancelled", "cannot be allowed"),
    ("allow_outcomes", "blocked, zzz", "`zzz`"),
    ("files_from", "head", "none of the two"),
    ("allowed_associations", "FRIEND", "none of GitHub's"),
    ("allowed_associations", ",", "none of GitHub's"),
    ("allowed_associations", "none", "in capitals"),
    ("allowed_associations", "OWNER, None", "in capitals"),
    ("on_missing_key", "pass", "none of the two"),
    ("repair_attempts", "6", "range"),
    ("repair_attempts", "-1", "whole number"),
    ("on_blocked", "fail", "none of the two"),
    ("wait", "no", "neither true nor false"),
    ("timeout_minutes", "0", "range"),
    ("timeout_minutes", "4321", "range"),
    ("timeout_minutes", "60m", "whole number"),
    ("poll_interval_seconds", "4", "range"),
    ("poll_interval_seconds", "301", "range"),
    ("github_token", "a b", "blanks"),
    ("on_cancel", "stop", "none of the two"),
    ("on_cancel", "Terminate", "none of the two"),
    ("comment", "on", "none of the two"),
    ("comment_key", "a" * 65, "too long"),
    ("comment_key", "a b", "other characters"),
    ("comment_key", "a-->", "other characters"),
    ("pull_request_number", "0", "range"),
    ("pull_request_number", "#12", "whole number"),
    ("output_file", "/etc/passwd", "absolute"),
    ("output_file", "a/../../b", "upwards"),
    ("output_file", "..", "upwards"),
    ("output_file", "a/", "names no file"),
    ("output_file", ".", "names no file"),
    ("output_file", "a\\b", "upwards"),
    ("output_file", "a\nb", "line break"),
    ("matrix", "[]", "no object"),
    ("matrix", "{", "not JSON"),
    ("matrix", '{"a":1,"a":2}', "twice"),
]


@pytest.mark.parametrize(("name", "text", "why"), BAD, ids=say)
def test_a_bad_value_is_explained(name: str, text: str, why: str) -> None:
    """The team reads which input is wrong, what came, what is allowed, and a correct line."""
    problems = problems_of(**{**key_for(name), name: text})
    assert [problem.name for problem in problems] == [name]
    (problem,) = problems
    assert why in problem.got
    if name not in ("devin_api_key", "github_token"):
        assert quote(text, 80) in problem.got
    assert problem.allowed == TABLE[name].allowed
    assert problem.example.startswith(f"{name}: ")
    for part in (problem.name, problem.got, problem.allowed, problem.example):
        assert part in str(problem)
    assert len(str(problem).splitlines()) == 1
    assert len(str(problem)) < 700


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"gate": ".github/devin/review.gate"}, "gate_file: .github/devin/review.gate"),
        ({"gate": "output.risk == 1"}, TABLE["structured_output_schema"].yaml_line),
        (
            {"structured_output_schema": "a/schema.json"},
            "structured_output_schema_file: a/schema.json",
        ),
        ({"session_id": "devin-0", "prompt": ""}, None),
        ({"session_id": "devin-0", "prompt": "", "max_acu_limit": "3"}, "# no max_acu_limit"),
    ],
    ids=str,
)
def test_the_line_to_write_is_the_way_out(given: dict[str, str], line: str | None) -> None:
    """Where the cure is another input, or none, the example is not one of the input at fault."""
    lines = [problem.example for problem in problems_of(**given)]
    assert (line in lines) if line else not lines


def test_every_input_has_a_bad_value_here() -> None:
    """No input is added without a sentence for the team that mistypes it."""
    anything = {"prompt", "prompt_file", "structured_output_schema_file"}
    elsewhere = {"session_id", "gate", "gate_file"}
    assert {name for name, _, _ in BAD} == TABLE.keys() - anything - elsewhere


@pytest.mark.parametrize("outcome", sorted(ALLOWABLE))
def test_every_allowable_outcome_can_be_named(outcome: Outcome) -> None:
    """A team can say of each outcome that it shall not hold the merge."""
    assert make_settings(allow_outcomes=outcome).allow_outcomes == {outcome}
