"""A known secret reaches no reader, however Devin wrote it down."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote as url_quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entrypoint.core.documents import Json, write_json
from entrypoint.core.text import MASK, Redactor, Secret
from tests.foreign_text import DISGUISES, SECRETS, foreign, foreign_json, shows_secret
from tests.unit.builders import API_KEY, TOKEN, make_redactor

REDACTOR = Redactor(map(Secret, SECRETS))
ODD_KEY = "apk_user_a/b+c\"d&e=f<g>h%i\\j'k"
"""A key with every character that JSON, HTML, URLs and Markdown escape."""
VISIBLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=60)
BREAKS = st.sampled_from(["\n", "\r\n", " ", "\t", "\u2028", "\u200b", "\n    "])


def split_over_lines(text: str, width: int, line_break: str) -> str:
    """Return the text with a break after each so many characters."""
    return line_break.join(text[at : at + width] for at in range(0, len(text), width))


def decodes_to(text: str, secret: str) -> bool:
    """Tell whether some part of the text is base64 of something that holds the secret."""
    for piece in text.split(MASK):
        for start in range(4):
            part = piece[start : len(piece) - (len(piece) - start) % 4]
            if secret.encode() in base64.b64decode(part):
                return True
    return False


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(str, id="raw"),
        pytest.param(json.dumps, id="JSON"),
        pytest.param(lambda s: url_quote(s, safe=""), id="URL"),
        pytest.param(html.escape, id="HTML"),
    ],
)
@given(secret=VISIBLE, before=st.text(max_size=5), after=st.text(max_size=5))
def test_each_spelling_is_hidden(
    write: Callable[[str], str], secret: str, before: str, after: str
) -> None:
    """A secret in a sentence, in JSON, in an address or in HTML is three asterisks."""
    spelled = write(secret)
    hidden = Redactor([Secret(secret)]).redact(f"{before} {spelled} {after}")
    assert MASK in hidden
    assert hidden.count(secret) <= (f"{before} {MASK} {after}").count(secret)


@given(secret=VISIBLE, before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_base64_is_hidden_at_every_offset(secret: str, before: bytes, after: bytes) -> None:
    """A secret inside something that was encoded as a whole cannot be decoded again."""
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    hidden = Redactor([Secret(secret)]).redact(encoded)
    assert MASK in hidden
    assert not decodes_to(hidden, secret)


def test_base64_for_addresses_is_hidden() -> None:
    """The alphabet of base64 that addresses use is known too."""
    secret = "??>>??>>??>>"
    encoded = base64.urlsafe_b64encode(b"x" + secret.encode()).decode()
    assert "_" in encoded or "-" in encoded
    assert MASK in Redactor([Secret(secret)]).redact(encoded)


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("secret", [*SECRETS, ODD_KEY])
def test_each_disguise_is_seen_through(disguise: str, secret: str) -> None:
    """However a secret is written, it is three asterisks, and the words around it stay."""
    hidden = Redactor([Secret(secret)]).redact(f"see {DISGUISES[disguise](secret)} here")
    assert MASK in hidden
    assert shows_secret(hidden, secret) is None
    assert hidden.startswith("see ")
    assert hidden.endswith(" here")


@given(foreign(*SECRETS, pieces=12))
@example(f"\x1b]0;{SECRETS[0]}")
@example(f"\x1b[{SECRETS[0]}")
@example("\x1b[31m".join(SECRETS[0]))
@example("%0" + SECRETS[0].replace("+", "\\u002b"))
def test_no_secret_is_left(text: str) -> None:
    """Between whatever it stands, no secret is left; a second look finds nothing more."""
    hidden = REDACTOR.redact(text)
    assert shows_secret(hidden, *SECRETS) is None
    assert REDACTOR.redact(hidden) == hidden


@given(st.lists(st.text("ab", min_size=8, max_size=10), max_size=3), st.text("ab", max_size=40))
@example(["abaabbab", "bbababba"], "xabaabbababbax")
def test_what_overlaps_goes_whole(secrets: list[str], text: str) -> None:
    """Nothing of a secret is left where it shares letters with itself or with another one."""
    covered = {
        place
        for secret in secrets
        for start in range(len(text))
        if text.startswith(secret, start)
        for place in range(start, start + len(secret))
    }
    hidden = Redactor(map(Secret, secrets)).redact(text)
    kept = "".join(char for place, char in enumerate(text) if place not in covered)
    assert hidden.replace(MASK, "") == kept
    assert (MASK in hidden) is bool(covered)


@given(foreign_json(*SECRETS))
def test_json_stays_json(value: Json) -> None:
    """What a later step reads is the answer, with the same fields in the same places."""
    told = REDACTOR.redact_json(value)
    assert _shape(told) == _shape(value)
    assert REDACTOR.redact_json(told) == told
    text = REDACTOR.redact(write_json(told))
    assert text == write_json(told)
    assert shows_secret(text, *SECRETS) is None


def _shape(value: Json) -> object:
    """Return what a value is made of, without its strings."""
    match value:
        case dict():
            return {REDACTOR.redact(key): _shape(item) for key, item in value.items()}
        case list():
            return [_shape(item) for item in value]
        case str():
            return str
        case _:
            return value


@given(st.integers(1, 20), BREAKS, st.sampled_from([API_KEY, TOKEN]))
def test_a_secret_split_over_lines_is_hidden(width: int, line_break: str, secret: str) -> None:
    """Line breaks and blanks inside a secret do not carry it out."""
    redactor = make_redactor()
    assert redactor.redact(split_over_lines(secret, width, line_break)) == MASK
    encoded = base64.b64encode(secret.encode()).decode()
    assert MASK in redactor.redact(split_over_lines(encoded, width, line_break))


@pytest.mark.parametrize(
    ("secret", "hidden"),
    [
        pytest.param("1234567", False, id="7 characters stay"),
        pytest.param("12345678", True, id="8 characters go"),
        pytest.param("", False, id="an absent one"),
        pytest.param('&"&"&"&', False, id="7 characters, more where they are escaped"),
        pytest.param("a p p l e s ", False, id="6 that can be seen"),
    ],
)
def test_short_values_are_left_alone(*, secret: str, hidden: bool) -> None:
    """A value as short as a word does not turn every text into asterisks."""
    text = "1234567 12345678 apples &amp;&quot;&amp;&quot;&amp;&quot;&amp;"
    assert (MASK in Redactor([Secret(secret)]).redact(text)) is hidden


@given(st.text())
def test_other_text_stays(text: str) -> None:
    """Only secrets are hidden; everything else is read as it was written."""
    assert make_redactor().redact(text) == text
    assert Redactor([]).redact(text) == text


def test_json_keeps_its_form() -> None:
    """A later step still reads the structured output, with the secret alone replaced."""
    value: Json = {"a": [f"x{API_KEY}", 1, None, True, 1.5], f"k{TOKEN}": {"b": "y"}}
    assert make_redactor().redact_json(value) == {
        "a": [f"x{MASK}", 1, None, True, 1.5],
        f"k{MASK}": {"b": "y"},
    }
