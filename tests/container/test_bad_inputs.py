"""Inputs that are wrong, as the runner hands them over."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from simulator import Simulation
from tests.container.conftest import Arrange
from tests.container.job import ANSWERED, comments_on
from tests.container.marks import CONTAINER_LAYER
from tests.container.step import Finished

pytestmark = CONTAINER_LAYER


def _assert_refused(done: Finished, simulation: Simulation, *named: str) -> None:
    """Assert exit 2, each input named in the log, and neither question nor comment."""
    assert done.exit_code == 2, done.log
    assert done.outputs["outcome"] == "error"
    assert done.outputs["session_id"] == ""
    log = done.log.replace("`", "")
    assert [name for name in named if f"{name}: got " not in log] == []
    assert "Traceback" not in done.log
    assert simulation.devin.journal == []
    assert comments_on(simulation) == []


def test_every_problem_is_told_at_once(arrange: Arrange) -> None:
    """Several wrong inputs are all named in one run that asks Devin nothing."""
    simulation, job = arrange(ANSWERED)
    wrong = {
        "prompt": "",
        "timeout_minutes": "soon",
        "max_acu_limit": "0",
        "structured_output_schema": "type: objekt",
    }
    _assert_refused(job.start(wrong).wait(), simulation, *wrong)


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        pytest.param(
            {"structured_output_shema": "type: object"},
            ("structured_output_shema", "structured_output_schema"),
            id="mistyped-name",
        ),
        pytest.param(
            {"structured_output_schema": "type: object\nrequried: [risk]\nminProperties: 1"},
            ("structured_output_schema", "requried"),
            id="mistyped-keyword-of-the-schema",
        ),
        pytest.param({"devin_api_key": ""}, ("devin_api_key",), id="missing-key"),
        pytest.param(
            {
                "structured_output_schema": "",
                "structured_output_schema_file": "../event.json",
                "files_from": "workspace",
            },
            ("structured_output_schema_file",),
            id="file-outside-of-the-workspace",
        ),
    ],
)
def test_a_wrong_input_is_refused(
    arrange: Arrange, inputs: Mapping[str, str], named: tuple[str, ...]
) -> None:
    """A typo, a missing secret or a path out of the checkout ends red before anything is sent."""
    simulation, job = arrange(ANSWERED)
    done = job.start(inputs).wait()
    _assert_refused(done, simulation, named[0])
    assert named[-1] in done.log
