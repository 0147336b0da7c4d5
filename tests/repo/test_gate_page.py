"""What `docs/gate.md` and the README show of the gate works as it is written."""

from __future__ import annotations

import re

import pytest
import yaml

from entrypoint.core.facts import FIELDS
from entrypoint.core.gate_text import MAX_RULES, read_gate
from entrypoint.core.settings import parse_settings, read_inputs
from tests.repo.contract_tables import README, ROOT

PAGE = (ROOT / "docs" / "gate.md").read_text("utf-8")


def test_the_ten_lines_are_rules() -> None:
    """Each line of the language can be copied, its remark included."""
    (block,) = re.findall(r"in ten lines\n\n```\n(.*?)```", PAGE, re.DOTALL)
    assert len(read_gate(block).rules) == 10


@pytest.mark.parametrize("text", [PAGE, README.read_text("utf-8")], ids=["page", "readme"])
def test_the_examples_are_gates(text: str) -> None:
    """A workflow that has them has no problem, with the schema that stands beside them."""
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    examples = [yaml.safe_load(block) for block in blocks if block.lstrip().startswith(("gate:", "structured"))]  # fmt: skip
    assert examples
    for example in examples:
        schema = {"structured_output_schema": "type: object\nrequired: [risk]"}
        inputs = {"devin_api_key": "apk_user_0", "prompt": "Look.", "comment": "off"}
        environ = {f"INPUT_{k.upper()}": v for k, v in {**inputs, **schema, **example}.items()}
        settings, problems = parse_settings(read_inputs(environ), {})
        assert problems == ()
        assert settings.gate is not None


def test_every_field_is_explained() -> None:
    """The page names all that a rule may look at, and the numbers that bound it."""
    for name in FIELDS["session"]:
        assert f"`session.{name}`" in PAGE
    for name in FIELDS["pull_request"]:
        assert re.search(rf"`(pull_request)?\.{name}`", PAGE), name
    assert f"at most {MAX_RULES} rules" in PAGE
