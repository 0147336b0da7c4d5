"""What is put to Devin has the shape that we gave it, whatever the pieces hold."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace

from cmarkgfm import github_flavored_markdown_to_html  # type: ignore[import-untyped]  # has none
from hypothesis import given

from entrypoint.core.documents import DocumentError
from entrypoint.core.question import pose_question, write_create
from entrypoint.core.values import OWN_TAGS, parse_tags
from tests.foreign_text import foreign_words
from tests.unit.builders import PULL_REQUEST, TRIGGER, change, make_settings

WORDS = foreign_words()


@given(WORDS)
def test_a_schema_stays_in_its_fence(words: Iterator[str]) -> None:
    """No backticks in a description end the block that holds the schema."""
    schema = {"type": "object", "description": next(words), "required": [next(words)]}
    settings = make_settings(structured_output_schema=json.dumps(schema))
    assert settings.schema
    contract = "\n\n".join(pose_question(settings, TRIGGER, PULL_REQUEST).contract)
    shown = github_flavored_markdown_to_html(contract.encode("utf-8", "replace").decode())
    text = settings.schema.text.encode("utf-8", "replace").decode()
    code = html.escape(text, quote=False).replace('"', "&quot;")
    assert shown.endswith(f'</p>\n<pre lang="json"><code>{code}\n</code></pre>\n')
    assert json.loads(settings.schema.text) == schema


@given(WORDS)
def test_the_context_keeps_its_lines(words: Iterator[str]) -> None:
    """A branch's name adds no line to what Devin is told, and none is lost."""
    on_pull = (TRIGGER, replace(PULL_REQUEST, base_ref=next(words)))
    on_branch = (change(TRIGGER, ref=next(words), which=None), None)
    for trigger, pull_request in (on_pull, on_branch):
        question = pose_question(make_settings(prompt="Review."), trigger, pull_request)
        lines = write_create(question, 0).body["prompt"]
        assert isinstance(lines, str)
        names = [line.partition(":")[0] for line in lines.splitlines()]
        between = ["- pull request", "- base branch"] if pull_request else ["- ref"]
        assert names == [
            *("Review.", "", "## Context", "- repository"),
            *(*between, "- head commit", "- key of this question"),
        ]


@given(WORDS)
def test_a_tag_of_the_users_is_never_one_of_ours(words: Iterator[str]) -> None:
    """Tags are taken as one line each, or refused; ours cannot be forged."""
    for text in (next(words), f"a\n{next(words)}", json.dumps([next(words), OWN_TAGS + "ended"])):
        try:
            tags = parse_tags(text.strip())
        except DocumentError:
            continue
        assert all(tag.isprintable() and tag == tag.strip() for tag in tags)
        assert not any(tag.lower().startswith(OWN_TAGS) for tag in tags)
