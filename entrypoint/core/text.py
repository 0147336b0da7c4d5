"""Foreign text made inert: for the log, for Markdown, and without secrets.

Foreign is what Devin, an API or a pull request wrote. Nobody else escapes anything. Three rules:

- a *sentence* of ours marks each foreign piece by backticks (`quote`), so that every sink can
  tell the two apart;
- in the comment foreign text stands escaped inside `<code>` or `<pre>` of an HTML block, where
  neither Markdown nor GitHub's mentions, references and autolinks apply (GitHub's filters skip
  `code`, `pre` and `a`); only what is nothing but words is shown as such (`html_words`, and word by
  word in a message, `html_prose`);
- in the log each line of foreign text gets a prefix, and the two forms of workflow commands
  (`::name` at the start of a line, `##[name` anywhere, actions/runner 2.336) are broken.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Final

from entrypoint.core.spelling import ANSI, forms_of, read_text

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

MASK: Final = "***"
LOG_LINE: Final = 500
"""Characters of one foreign line or message in the log."""
MAX_ADDRESS: Final = 2_000

_SHORTEST_SECRET = 8

_WORDS = re.compile(r"""(?:[^\W_]|[ _,.;!?()'"%=+…\u2013\u2014-]|:(?= |$))*""")
_NO_BREAK = "\N{NO-BREAK SPACE}"
_NO_WORDS = re.compile(r"\bwww\.|\b[0-9a-f]{7,40}\b|[^\W\d_][-_]?\d", re.IGNORECASE)
"""What GitHub may make a link of: an address, a commit, `GH-12`, a team's own `TICKET-12`."""


class Secret:
    """A value that shows itself only when asked by `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value; nothing is checked."""
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the one place that sends it."""
        return self._value

    def __bool__(self) -> bool:
        """Tell whether there is a value at all."""
        return bool(self._value)

    def __repr__(self) -> str:
        """Return `***`, so that no log of ours can hold the value."""
        return MASK

    __str__ = __repr__


def clean(text: str) -> str:
    r"""Return the text without ANSI sequences, control, format and surrogate characters.

    Line breaks of every kind become `\n`, tabs stay. Format characters (Unicode category Cf) are
    zero-width and direction marks, which make a text look like another one.
    """
    unified = "\n".join(ANSI.sub("", text).splitlines())
    return "".join(
        char
        for char in unified
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def one_line(text: str, limit: int = LOG_LINE) -> str:
    """Return the cleaned text on one line, with blanks folded, cut at `limit` characters."""
    return cut(" ".join(clean(text).split()), limit)


def cut(text: str, limit: int) -> str:
    """Return the text, its end replaced by an ellipsis where it is over `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def quote(foreign: str, limit: int = 120) -> str:
    """Return a foreign piece for one of our sentences: one line between two backticks."""
    return "`" + (one_line(foreign.replace("`", "'"), limit) or " ") + "`"


def quote_json(text: str) -> str:
    r"""Return JSON as `quote` does; what nobody would see in it is shown as an escape, `\u200b`."""
    if not text.isprintable():
        text = "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)
    return quote(text)


def log_line(text: str, limit: int = LOG_LINE) -> str:
    """Return foreign text as one line that the runner cannot take for a command.

    The caller puts words of its own before it; that breaks the form `::name`.
    """
    return one_line(text, limit).replace("##[", "## [")


def escape_data(text: str) -> str:
    """Return a message for `::name::message`, escaped as actions/toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Return a value for `::name key=value::`."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def html_code(foreign: str, limit: int = 300) -> str:
    """Return foreign text as inert inline HTML on one line, for use inside an HTML block."""
    return f"<code>{escape_html(one_line(foreign, limit))}</code>"


def html_words(foreign: str, limit: int = 300) -> str:
    """Return foreign text as inert inline HTML: prose as prose, everything else as code.

    Prose has letters, digits and punctuation alone, and nothing that GitHub, a bot or the team's
    own autolinks look for: no `@`, `#`, `/`, `$`, no emoji, no letter before a number.
    """
    text = one_line(foreign, limit)
    return escape_html(text) if _is_prose(text) else html_code(foreign, limit)


def _is_prose(text: str) -> bool:
    return _WORDS.fullmatch(text) is not None and not _NO_WORDS.search(text)


def html_prose(foreign: str, limit: int = 4_000) -> str:
    """Return a foreign message as inert HTML that is broken where a reader's window ends.

    It keeps its lines and their indents; each word that is no prose is code.
    """
    lines = cut(clean(foreign), limit).expandtabs(4).split("\n")
    return f"<blockquote>{'<br>'.join(map(_html_line, lines))}</blockquote>"


def _html_line(line: str) -> str:
    indent = _NO_BREAK * (len(line) - len(line.lstrip()))
    groups = [
        (prose, escape_html(" ".join(words))) for prose, words in groupby(line.split(), _is_prose)
    ]
    return indent + " ".join(words if prose else f"<code>{words}</code>" for prose, words in groups)


def html_pre(foreign: str) -> str:
    """Return foreign text of several lines as inert HTML, letter by letter, so that it can be copied.

    A blank line would end the HTML block, and what follows would be Markdown again; line
    breaks are therefore written as references.
    """
    return f"<pre>{escape_html(clean(foreign)).replace(chr(10), '&#10;')}</pre>"


def html_sentence(sentence: str) -> str:
    """Return one of our sentences as HTML, with what is foreign in it (backticks) as code."""
    pieces = one_line(sentence, 2_000).split("`")
    if len(pieces) % 2 == 0:  # an unpaired backtick: trust nothing
        return html_code(sentence, 2_000)
    return "".join(
        f"<code>{escape_html(piece)}</code>" if index % 2 else escape_html(piece)
        for index, piece in enumerate(pieces)
    )


def html_link(address: str, limit: int = 100, *, words: str = "") -> str:
    """Return a link that shows where it leads, or inert text where it is no web address.

    `words` stand in its place for an address that is made by us.

    Of an address over `limit` the end is left out, never a part of the host: it would be another's.
    """
    if not is_web_address(address):
        return html_code(address)
    rest = address.partition("://")[2]
    host = re.split("[/?#]", rest)[0]
    shown = escape_html(words or cut(rest, max(limit, len(host) + 1)))
    # GitHub looks for emoji in links too, not in code.
    if not words and re.search(r":[\w+-]+:", rest):
        shown = f"<code>{shown}</code>"
    return f'<a href="{escape_html(address)}">{shown}</a>'


def is_web_address(address: str) -> bool:
    """Tell whether it is a plain http(s) address: no user part, no odd character, not too long."""
    short = len(address) <= MAX_ADDRESS
    return (
        short and re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#][!-~]*)?", address) is not None
    )


def escape_html(text: str) -> str:
    """Return text for an HTML block: no tag, no Markdown emphasis inside, no marker.

    Nor a raw `@`: GitHub would not take it for a mention there, but bots that look for their name
    in the source of a comment would, Devin's among them.
    """
    return html.escape(text).replace("@", "&#64;")


class Redactor:
    """Replaces known secrets by `***`, however they were written.

    Found are a secret itself, its base64 (at each of the three offsets), its JSON, URL and HTML
    forms, inside each other too, and with blanks, line breaks or invisible characters inside. What
    overlaps is one. Values shorter than eight characters are left alone.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        """Prepare the forms of the secrets that have a value."""
        values = (secret.reveal() for secret in secrets)
        long = (value for value in values if len(value) >= _SHORTEST_SECRET)
        self._forms = sorted(
            form for value in long for form in forms_of(value) if len(form) >= _SHORTEST_SECRET
        )

    def redact(self, text: str) -> str:
        """Return the text with each secret replaced."""
        found = [
            place
            for reading in (read_text(text) if self._forms else ())
            for form in self._forms
            for place in reading.find(form)
        ]
        shown, at = "", 0
        for start, end in sorted(found):
            if start >= at:
                shown += text[at:start] + MASK
            at = max(at, end)
        return shown + text[at:]

    def redact_json(self, value: Json) -> Json:
        """Return the value with each secret in its strings and keys replaced."""
        match value:
            case str():
                return self.redact(value)
            case list():
                return [self.redact_json(item) for item in value]
            case dict():
                return {self.redact(key): self.redact_json(item) for key, item in value.items()}
            case _:
                return value
