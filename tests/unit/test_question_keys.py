"""What a release may not change: the keys by which sessions and comments are found again."""

from __future__ import annotations

from typing import Any

import pytest

from entrypoint.core.question import comment_key_of, pose_question, write_create
from tests.unit.builders import HEAD_SHA, PULL_REQUEST, TRIGGER, change, make_settings

ARRAY_OF_DRAFT_4 = (
    '{"$schema":"http://json-schema.org/draft-04/schema#","type":"array","minItems":1}'
)


@pytest.mark.parametrize(
    ("inputs", "on_pull_request", "key"),
    [
        pytest.param({}, True, "776404b9b608986c443af3cbe1f9ff9b", id="a pull request"),
        pytest.param({}, False, "1329ae31b860a70272368875606a8227", id="a push"),
        pytest.param(
            {"idempotent": "false"}, True, "34a1d7a5485eb7f0d9647bbf8e377a90", id="each run anew"
        ),
        pytest.param(
            {"structured_output_schema": ARRAY_OF_DRAFT_4},
            True,
            "5771c8c35beee56738a258b19d2b2c6c",
            id="a schema",
        ),
        pytest.param(
            {"comment_key": "x", "matrix": '{"os":"linux"}'},
            True,
            "40c3f06c71f31657356a65c6bc151332",
            id="a leg",
        ),
    ],
)
def test_a_release_finds_the_sessions_of_the_one_before(
    *, inputs: dict[str, Any], on_pull_request: bool, key: str
) -> None:
    """Nobody pays twice for a question because the action was updated meanwhile."""
    pull_request = PULL_REQUEST if on_pull_request else None
    assert pose_question(make_settings(**inputs), TRIGGER, pull_request).key == key


def test_a_release_finds_the_comment_of_the_one_before() -> None:
    """An update of the action edits the comment that stands there."""
    assert comment_key_of(make_settings(), TRIGGER) == "df5351607ec82c0440c246eede08a172"


@pytest.mark.parametrize(("generation", "end"), [(0, ""), (1, "-1"), (9, "-9")])
def test_each_generation_has_its_own_key(generation: int, end: str) -> None:
    """A question that is asked anew is told apart from the session that died, by tag and prompt."""
    question = pose_question(make_settings(tags="a"), TRIGGER, PULL_REQUEST)
    create = write_create(question, generation)
    key = question.key + end
    assert (create.key, create.tag) == (key, f"devin-gate:{key}")
    assert create.tags == ("a", create.tag, f"devin-gate:commit:{HEAD_SHA}")
    assert str(create.body["prompt"]).endswith(f"\n- key of this question: {key}")


def test_a_branch_whose_name_is_no_text_has_a_key_too() -> None:
    """A name that the runner could not decode asks a question and crashes nothing."""
    triggers = [change(TRIGGER, ref=f"refs/heads/{name}") for name in ("a\udcff", "a", "a\udcff")]
    keys = [pose_question(make_settings(), trigger, None).key for trigger in triggers]
    assert keys[0] == keys[2] != keys[1]
