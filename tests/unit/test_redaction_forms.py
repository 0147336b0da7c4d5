"""Each spelling of a secret is hidden from its first character to its last, and nothing else is."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote as url_quote

import pytest

from entrypoint.core.text import Redactor, Secret

ODD = "a\"b\\c<d>&e%f/g+é'??>>~~"
"""A secret that each of the spellings changes."""


def each(secret: str, form: str) -> str:
    """Return a secret with each of its letters escaped."""
    return "".join(form.format(ord(letter)) for letter in secret)


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(str, id="raw"),
        pytest.param(lambda secret: json.dumps(secret)[1:-1], id="JSON"),
        pytest.param(lambda secret: url_quote(secret, safe=""), id="URL"),
        pytest.param(html.escape, id="HTML"),
        pytest.param(lambda secret: each(secret, "%{:02x}"), id="URL, each letter"),
        pytest.param(lambda secret: each(secret, "\\u{:04x}"), id="JSON, each letter"),
        pytest.param(lambda secret: each(secret, "\\x{:02x}"), id="bytes, each letter"),
        pytest.param(lambda secret: each(secret, "&#{};"), id="HTML, each letter"),
        pytest.param(lambda secret: each(secret[:4], "&#{};") + each(secret[4:], "%{:02x}"), id="in two languages"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("secret", [ODD, "a/b/c/d/e", "12345678", "!234567~", "aaaaaaaa"])
def test_a_spelling_is_hidden_whole(write: Callable[[str], str], secret: str) -> None:
    """Not one character of it is left beside the asterisks."""
    assert Redactor([Secret(secret)]).redact(f"x {write(secret)} y") == "x *** y"


LANGUAGES: tuple[Callable[[str], str], ...] = (
    lambda secret: json.dumps(secret)[1:-1],
    lambda secret: url_quote(secret, safe=""),
    url_quote,
    html.escape,
)


@pytest.mark.parametrize("outer", LANGUAGES, ids=["JSON", "URL", "path", "HTML"])
@pytest.mark.parametrize("inner", LANGUAGES, ids=["of JSON", "of URL", "of path", "of HTML"])
@pytest.mark.parametrize(
    "secret",
    ['a"%20b<\\c/d', 'a"&zzz;%20b', "a%2520&b", "a\\u0020b%41&lt;c", 'a"\\u0020%42<b', "a&#9;b%09\\t<c"],
)  # fmt: skip
def test_a_secret_that_looks_escaped_is_hidden_in_two_languages(
    outer: Callable[[str], str], inner: Callable[[str], str], secret: str
) -> None:
    """What is no escape but a part of it is not decoded away before it is found."""
    assert Redactor([Secret(secret)]).redact(f"x {outer(inner(secret))} y") == "x *** y"


def test_what_only_looks_like_a_name_in_html_stays() -> None:
    """Where a page escapes no more than it must, the rest of a secret is as it was."""
    redactor = Redactor([Secret('key-"b&zzz;c')])
    assert redactor.redact("x key-&quot;b&zzz;c y") == "x *** y"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("secret", ["12345678", "123456789", "1234567890", "??>>??>>~~~~é"])
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_base64_is_hidden_but_for_what_it_shares(
    encode: Callable[[bytes], bytes], secret: str, before: int
) -> None:
    """Only the groups of four characters that other bytes decide too are left."""
    raw = secret.encode()
    encoded = encode(b"\1" * before + raw + b"\2" * 4).decode()
    first, end = -(-before // 3) * 4, (before + len(raw)) // 3 * 4
    expected = f"{encoded[:first]}***{encoded[end:]}"
    assert Redactor([Secret(secret)]).redact(encoded) == expected


def test_of_secrets_that_begin_alike_the_longest_is_hidden() -> None:
    """No rest of a longer secret stands behind the asterisks of a shorter one."""
    secrets = ["secret-value" + "-more" * number for number in range(12)]
    redactor = Redactor(map(Secret, secrets))
    assert [redactor.redact(secret) for secret in secrets] == ["***"] * 12


@pytest.mark.parametrize(
    "split",
    ["%0a", "\\n", "\x1b[31m", " \x1b[31m", "\n\x1b[0m\n", "\u200b\x1b[1;31m\u200b", "\x1b\x1b[m"],
)
@pytest.mark.parametrize("secret", ["12345678", "!234567~"])
def test_what_splits_a_secret_is_hidden_with_it(split: str, secret: str) -> None:
    """Line breaks as URLs and JSON write them, colours, and both beside each other."""
    assert Redactor([Secret(secret)]).redact(f"x {split.join(secret)} y") == "x *** y"


def test_a_secret_that_begins_within_itself_is_hidden_to_its_end() -> None:
    """Where it can be read twice, one letter apart, both are hidden."""
    assert Redactor([Secret("a" * 8)]).redact("x " + "a" * 9 + " y") == "x *** y"


def test_a_secret_that_is_no_text_is_hidden() -> None:
    """A secret whose bytes the runner could not decode is hidden, and crashes nothing."""
    secret = "token-\udcff-value"
    assert Redactor([Secret(secret)]).redact(f"x {secret} y") == "x *** y"
