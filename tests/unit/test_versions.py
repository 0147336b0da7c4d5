"""What the two versions of Devin's API share, and what a step may ask of one of them alone."""

from __future__ import annotations

import pytest

from entrypoint.core.api import V1, V3, Api
from entrypoint.core.limits import LIMITS
from entrypoint.core.outcome import Outcome
from entrypoint.core.question import pose_question, without_api_schema, write_create
from entrypoint.core.report import COMMENT, render_page
from entrypoint.core.session import Phase
from entrypoint.core.verdict import Ending, judge
from entrypoint.core.watching import Look, Stop, StopReason
from tests.unit.builders import (
    API_KEY,
    API_KEY_V3,
    PULL_REQUEST,
    RISK_SCHEMA,
    TRIGGER,
    make_progress,
    make_redactor,
    make_session,
    make_settings,
    parse,
    required,
)

VALUES = {
    "devin_org_id": "org-1",
    "devin_mode": "lite",
    "repos": "octo/shop",
    "snapshot_id": "snapshot-1",
    "unlisted": "true",
}


@pytest.mark.parametrize(
    ("key", "api"),
    [("apk_user_x", V1), ("apk_x", V1), ("cog_x", V3), ("cog_apk_x", V3), ("apk_cog_x", V1)],
)
def test_the_key_selects_the_version(key: str, api: Api) -> None:
    """Nobody has to say which API an account has."""
    assert make_settings(devin_api_key=key).api is api


@pytest.mark.parametrize(("key", "api"), [(API_KEY, V1), (API_KEY_V3, V3)], ids=["v1", "v3"])
@pytest.mark.parametrize("name", VALUES)
def test_an_input_that_the_version_does_not_have_is_a_problem(
    key: str, api: Api, name: str
) -> None:
    """Before anything is spent the team reads the version's name and the way out."""
    _, problems = parse(required(**{"devin_api_key": key, name: VALUES[name]}))
    if name not in api.lacks:
        assert problems == ()
        return
    [problem] = problems
    assert problem.name == name
    assert f"API {api.version}, which does not have it" in problem.got
    assert "leave it out" in problem.got or "prompt" in problem.got


def test_every_such_input_is_tried_here() -> None:
    """A version that lacks one more input lacks it with a way out."""
    assert {*V1.lacks, *V3.lacks} == VALUES.keys()
    assert not V1.lacks.keys() & V3.lacks.keys()


def test_without_a_key_no_version_is_blamed() -> None:
    """Where the key is missing, that is the one problem."""
    _, problems = parse(required(**VALUES) | {"devin_api_key": ""})
    assert [problem.name for problem in problems] == ["devin_api_key"]


def body_of(**inputs: str) -> dict[str, object]:
    """Return the create of a step."""
    question = pose_question(make_settings(**inputs), TRIGGER, PULL_REQUEST)
    return {**write_create(question, 0).body}


def test_a_create_on_v3_has_what_v3_knows() -> None:
    """No `idempotent`, which v3 refuses; a schema is said to be required, by our own word."""
    given = {"devin_api_key": API_KEY_V3, "devin_mode": "lite", "repos": "octo/shop, octo/api"}
    body = body_of(**given, structured_output_schema=RISK_SCHEMA)
    assert "idempotent" not in body
    assert body["structured_output_required"] is True
    assert (body["devin_mode"], body["repos"]) == ("lite", ["octo/shop", "octo/api"])
    assert "structured_output_required" not in body_of(devin_api_key=API_KEY_V3)
    v1 = body_of(structured_output_schema=RISK_SCHEMA)
    assert ("structured_output_required" in v1, v1["idempotent"]) == (False, True)


@pytest.mark.parametrize("idempotent", ["true", "false"])
@pytest.mark.parametrize(("key", "has"), [(API_KEY, True), (API_KEY_V3, False)], ids=["v1", "v3"])
def test_idempotency_is_the_versions_used_or_not(key: str, idempotent: str, *, has: bool) -> None:
    """What a list that cannot be had means depends on what the API has, not on what is asked."""
    settings = make_settings(devin_api_key=key, idempotent=idempotent)
    create = write_create(pose_question(settings, TRIGGER, PULL_REQUEST), 0)
    assert create.has_idempotency is has


def test_a_server_without_the_schemas_field_gets_neither_of_the_two() -> None:
    """What would say that an output is required goes with the schema."""
    inputs = {"devin_api_key": API_KEY_V3, "structured_output_schema": RISK_SCHEMA}
    question = pose_question(make_settings(**inputs), TRIGGER, PULL_REQUEST)
    left = without_api_schema(write_create(question, 0).body)
    assert not {"structured_output_schema", "structured_output_required"} & left.keys()


def test_the_versions_ask_different_questions() -> None:
    """A session of the one account is never looked for in the other; a flag asks anew on both."""
    keys = {
        pose_question(
            make_settings(devin_api_key=key, idempotent=idempotent), TRIGGER, PULL_REQUEST
        ).key
        for key in (API_KEY, API_KEY_V3)
        for idempotent in ("true", "false")
    }
    assert len(keys) == 4


@pytest.mark.parametrize("detail", LIMITS)
def test_a_limit_is_told_with_its_own_way_out(detail: str) -> None:
    """A person reads which limit it is, and what to do about that one."""
    limit = LIMITS[detail]
    session = make_session(Phase.LIMITED, {"risk": "low"}, limit=limit)
    ending = Ending(
        Stop(StopReason.SETTLED),
        Look(0.0, session, answered=True),
        has_schema=True,
        timeout_minutes=60,
    )
    verdict = judge(ending, frozenset())
    assert (verdict.outcome, verdict.exit_code) == (Outcome.LIMIT_REACHED, 1)
    assert verdict.reason == limit.what
    assert verdict.remedy.startswith(limit.remedy)


@pytest.mark.parametrize(
    ("acus", "limit", "name", "value"),
    [
        (None, "", "ACU limit", "none was set"),
        (None, "10", "ACU limit", "10"),
        (0.0, "10", "ACUs", "0 of 10"),
        (3.25, "10", "ACUs", "3.25 of 10"),
        (1234567.5, "", "ACUs", "1234567.5, no limit was set"),
    ],
)
def test_the_page_says_what_the_session_cost(
    acus: float | None, limit: str, name: str, value: str
) -> None:
    """The bill is shown where the API says it, and the cap where there is one."""
    session = make_session(output={"risk": "low"}, acus_consumed=acus)
    progress = make_progress(session, max_acu_limit=limit)
    page = render_page(progress, None, 100.0, COMMENT, make_redactor())
    assert f">{name}</th>" in page
    assert f"<td>{value}</td>" in page
