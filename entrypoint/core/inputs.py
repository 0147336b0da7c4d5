"""The one table of inputs.

`action.yml`, the README's tables and `entrypoint.core.settings` are checked against it by
`tests/repo`. Names are the Devin API's own where a value goes to the API.
"""

from __future__ import annotations

from typing import Final

from entrypoint.core.input_row import Input
from entrypoint.core.inputs_answer import ANSWER_INPUTS
from entrypoint.core.inputs_question import QUESTION_INPUTS

INPUTS: Final[tuple[Input, ...]] = (*QUESTION_INPUTS, *ANSWER_INPUTS)
