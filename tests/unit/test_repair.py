"""Which question a repair message names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrypoint.core.question import pose_question
from entrypoint.core.repair import write_repair
from tests.unit.builders import PULL_REQUEST, TRIGGER, make_session, make_settings

QUESTION = pose_question(make_settings(), TRIGGER, PULL_REQUEST)
A, B = "a" * 32, "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("tags", "key"),
    [
        ((), QUESTION.key),
        (("risk", "devin-gate:ended", "devin-gate:commit:" + "a" * 40), QUESTION.key),
        ((f"devin-gate:{A}", "devin-gate:commit:" + "a" * 40), A),
        ((f"devin-gate:{B}-2",), f"{B}-2"),
        ((f"devin-gate:{A}", f"devin-gate:{B}"), QUESTION.key),
        ((f"x-devin-gate:{A}", f"devin-gate:{A}x"), QUESTION.key),
    ],
)
def test_a_repair_names_the_question_that_the_session_was_asked(
    tags: tuple[str, ...], key: str
) -> None:
    """With `session_id` another step asked it; where the tags leave a doubt it is this step's."""
    session = replace(make_session(), tags=tags)
    first = write_repair(QUESTION, session, 1, ()).partition("\n")[0]
    assert first == f"Devin Gate, repair 1 of question {key}"
