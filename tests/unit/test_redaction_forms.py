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


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(str, id="raw"),
        pytest.param(lambda secret: json.dumps(secret)[1:-1], id="JSON"),
        pytest.param(lambda secret: url_quote(secret, safe=""), id="URL"),
        pytest.param(html.escape, id="HTML"),
    ],
)
@pytest.mark.parametrize("secret", [ODD, "a/b/c/d/e", "12345678"])
def test_a_spelling_is_hidden_whole(write: Callable[[str], str], secret: str) -> None:
    """Not one character of it is left beside the asterisks."""
    assert Redactor([Secret(secret)]).redact(f"x {write(secret)} y") == "x *** y"


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


def test_a_secret_that_is_no_text_is_hidden() -> None:
    """A secret whose bytes the runner could not decode is hidden, and crashes nothing."""
    secret = "token-\udcff-value"
    assert Redactor([Secret(secret)]).redact(f"x {secret} y") == "x *** y"
