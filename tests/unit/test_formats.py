"""A format that a schema names decides, in the sense of its draft."""

from __future__ import annotations

import pytest
from jsonschema import Draft3Validator, Draft4Validator, Draft7Validator

from entrypoint.core.documents import DocumentError
from entrypoint.core.formats import formats_of
from entrypoint.core.schema import read_schema


@pytest.mark.parametrize(
    ("text", "plain", "international"),
    [
        ("ada@example.com", True, True),
        ("a.b+c!d@x", True, True),
        ('"a b\\"@"@example.com', True, True),
        ("a@[127.0.0.1]", True, True),
        ("a@[IPv6:::1]", True, True),
        ("é@example.com", False, True),
        ("a@bücher.example", False, True),
        ("@", False, False),
        ("a@", False, False),
        ("@example.com", False, False),
        (".a@example.com", False, False),
        ("a.@example.com", False, False),
        ("a..b@example.com", False, False),
        ("a b@example.com", False, False),
        ("a@b@example.com", False, False),
        ('"a\n"@example.com', False, False),
        ("a@-x.com", False, False),
        ("a@[127.0.0.300]", False, False),
        ("a@[IPv6:127.0.0.1]", False, False),
        ("a@[::1]", False, False),
        ("a@example.com\n", False, False),
    ],
)
def test_an_email_is_a_mailbox(text: str, *, plain: bool, international: bool) -> None:
    """More than an `@` is asked for."""
    formats = formats_of(Draft7Validator)
    assert formats.conforms(text, "email") is plain
    assert formats.conforms(text, "idn-email") is international


@pytest.mark.parametrize(
    ("text", "is_duration"),
    [
        ("P4DT12H30M5S", True),
        ("P4Y", True),
        ("P1Y2M3DT4H5M6S", True),
        ("PT36H", True),
        ("PT1M", True),
        ("P2W", True),
        ("P0D", True),
        ("P", False),
        ("PT", False),
        ("P1YT", False),
        ("P1D2H", False),
        ("P2D1Y", False),
        ("P1Y2D", False),
        ("PT1H5S", False),
        ("P1Y2W", False),
        ("PT1D", False),
        ("P1.5D", False),
        ("P-1D", False),
        ("4DT12H", False),
        ("p1d", False),
        ("P1D\n", False),
        ("P١D", False),  # noqa: RUF001 - another script's one
    ],
)
def test_a_duration_is_rfc_3339s(text: str, *, is_duration: bool) -> None:
    """Parts stand in their order without a gap, as JSON Schema's own reference has them."""
    assert formats_of(Draft7Validator).conforms(text, "duration") is is_duration


@pytest.mark.parametrize("name", ["email", "regex", "uri", "time", "json-pointer", "duration"])
def test_a_format_says_nothing_of_what_is_no_text(name: str) -> None:
    """As JSON Schema has it: a number is no wrong address."""
    assert formats_of(Draft7Validator).conforms(5, name)


@pytest.mark.parametrize("kind", [Draft4Validator, Draft7Validator], ids=lambda kind: kind.__name__)
def test_a_time_has_an_offset(kind: type[Draft7Validator]) -> None:
    """Also in a draft that has no such format the newer one is meant, not draft 3's."""
    formats = formats_of(kind)
    assert formats.conforms("08:30:06Z", "time")
    assert not formats.conforms("08:30:06", "time")


def test_draft_3_keeps_its_own_formats() -> None:
    """What the oldest draft calls a time has no offset, and its names are its own."""
    formats = formats_of(Draft3Validator)
    assert formats.conforms("08:30:06", "time")
    assert not formats.conforms("256.0.0.1", "ip-address")


@pytest.mark.parametrize(("name", "end"), [("json-pointer", "/a\n"), ("regex", "a\n")])
def test_a_format_that_may_end_in_a_line_break_does(name: str, end: str) -> None:
    """Only where the format's own grammar has no blanks are they refused."""
    assert formats_of(Draft7Validator).conforms(end, name)


def test_an_unknown_format_is_told_with_the_known_ones() -> None:
    """The names are those of the schema's draft."""
    with pytest.raises(DocumentError, match=r"known are color, .*, ip-address, .*uuid"):
        read_schema(
            '{"$schema":"http://json-schema.org/draft-03/schema#","type":"string","format":"x"}'
        )
