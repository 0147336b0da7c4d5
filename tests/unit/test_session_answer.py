"""What Devin made and said: an accepted session, its output, its news."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entrypoint.core.documents import DocumentError, Flaw, read_json_with_flaws
from entrypoint.core.session import Created, Session, bare_id, is_session_id
from entrypoint.core.session_fields import read_created
from entrypoint.core.session_v1 import read_session_v1
from tests.unit.builders import SESSION_ID, make_message, make_session

SMALLEST = {"session_id": SESSION_ID, "status": "running"}


def read(**fields: object) -> Session:
    """Return the session of an answer with these fields beside the smallest ones."""
    return read_session_v1(SMALLEST | fields, SESSION_ID)


@pytest.mark.parametrize(
    "output", [0, "", False, {}, [], "text", 1.5, [1, {"a": None}]], ids=json.dumps
)
def test_any_json_is_an_output(output: Any) -> None:  # noqa: ANN401 - any JSON, or any field
    """`0`, `false` and an empty object are answers too, and are judged as they are."""
    session = read(structured_output=output)
    assert session.structured_output == output
    assert type(session.structured_output) is type(output)
    assert session.has_output


@pytest.mark.parametrize("fields", [{}, {"structured_output": None}], ids=["absent", "null"])
def test_null_is_no_output(fields: dict[str, Any]) -> None:
    """An answer that was not given is not an answer."""
    assert not read(**fields).has_output


def test_an_ambiguous_output_is_kept_as_a_flaw() -> None:
    """Fail, then pass, in one object does not read as pass: it is a violation with its place."""
    text = '{"status":"running","structured_output":{"a":{"risk":"high","risk":"low"},"b":NaN}}'
    session = read_session_v1(read_json_with_flaws(text), SESSION_ID)
    assert session.structured_output == {"a": None, "b": None}
    assert session.output_flaws == (
        ("$.a", Flaw("a key that stands twice", "risk")),
        ("$.b", Flaw("NaN, which JSON does not have")),
    )


def test_an_output_that_is_a_flaw_as_a_whole_is_an_output() -> None:
    """An ambiguous output is judged as broken, not as missing."""
    text = '{"status":"running","structured_output":{"risk":"high","risk":"low"}}'
    session = read_session_v1(read_json_with_flaws(text), SESSION_ID)
    assert session.structured_output is None
    assert session.has_output


@pytest.mark.parametrize(
    ("kinds", "new"),
    [
        ("u d", ["d1"]),
        ("u d u", []),
        ("u d u d d", ["d3", "d4"]),
        ("u", []),
        ("", []),
        ("d", ["d0"]),
        ("u d ?", ["d1"]),
        ("i d", ["d1"]),
    ],
)
def test_only_messages_after_ours_are_news(kinds: str, new: list[str]) -> None:
    """What Devin said before it was asked again is no evidence of an answer."""
    names = {"u": "user_message", "d": "devin_message", "i": "initial_user_message", "?": "tool"}
    messages = [make_message(f"{k}{n}", names[k]) for n, k in enumerate(kinds.split())]
    session = make_session(messages=tuple(messages))
    assert [message.message for message in session.new_devin_messages] == new


@pytest.mark.parametrize(
    ("fields", "created"),
    [
        pytest.param(
            {"url": "https://app.devin.ai/sessions/xxx", "is_new_session": True},
            Created("devin-xxx", "https://app.devin.ai/sessions/xxx", is_new_session=True),
            id="the documented answer",
        ),
        pytest.param(
            {"url": "https://acme.devinenterprise.com/sessions/xxx", "is_new_session": False},
            Created(
                "devin-xxx", "https://acme.devinenterprise.com/sessions/xxx", is_new_session=False
            ),
            id="found again, on a dedicated host",
        ),
        pytest.param(
            {"url": "https://app.devin.ai/sessions/xxx"},
            Created("devin-xxx", "https://app.devin.ai/sessions/xxx", is_new_session=None),
            id="does not say whether it is new",
        ),
        pytest.param(
            {"is_new_session": "yes"},
            Created("devin-xxx", "https://app.devin.ai/sessions/xxx", is_new_session=None),
            id="no address",
        ),
        pytest.param(
            {"url": "javascript:alert(1)"},
            Created("devin-xxx", "https://app.devin.ai/sessions/xxx", is_new_session=None),
            id="no web address",
        ),
    ],
)
def test_a_create_answers_with_a_session(fields: dict[str, Any], created: Created) -> None:
    """A session that Devin accepted has an id and an address that a person can open."""
    assert read_created({"session_id": "devin-xxx"} | fields) == created


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"session_id": 5}, {"session_id": ""}, {"session_id": "../../v1/self"}],
    ids=str,
)
def test_a_create_without_an_id_is_refused(answer: object) -> None:
    """A session that cannot be found again is not taken for one."""
    with pytest.raises(DocumentError):
        read_created(answer)


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        (SESSION_ID, True),
        ("a" * 128, True),
        ("a" * 129, False),
        ("", False),
        ("a/b", False),
        ("a?b", False),
        ("..", False),
        ("a\n", False),
        ("ä", False),
    ],
)
def test_an_id_cannot_leave_its_path(*, text: str, usable: bool) -> None:
    """No answer makes the action ask another address with the key."""
    assert is_session_id(text) is usable


def test_the_prefix_is_dropped_once() -> None:
    """An id and its web address are told to be the same."""
    assert [bare_id("devin-1"), bare_id("1"), bare_id("devin-devin-1")] == ["1", "1", "devin-1"]
