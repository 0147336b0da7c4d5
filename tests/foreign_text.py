"""Text that nobody should trust: any Unicode, mixed with the grammar of all that reads what we write.

`foreign` makes such text, `shows_secret` finds a secret in it again, however it was written. Every
text ends in `CANARY`, a word that none of ours holds: where it stands, the foreign text reached.
"""

from __future__ import annotations

import base64
import html
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import quote, unquote

from hypothesis import strategies as st

from entrypoint.core.documents import Json

CANARY: Final = "Quokka"
API_KEY: Final = "apk_user_c29t/ZXRoaW5n+bG9uZ2VyMTIz=="
"""A key with the three characters that addresses and some JSON writers escape."""
TOKEN: Final = "ghs_tokenTOKENtokenTOKENtokenTOKEN0123"
SECRETS: Final = (API_KEY, TOKEN)

_COMMANDS: Final = [
    "::set-output name=passed::true", "::error::x", "::error title=x,file=y::z", "::add-mask::pass",
    "::stop-commands::x", "::group::x", "::endgroup::", "##[add-mask]pass", "##[error]x", "##[",
    "passed=true", "passed<<EOF\ntrue\nEOF", "EOF", "ghadelimiter_", "::", "/deploy", "!approve",
]  # fmt: skip
"""For the runner, and for bots that read lines."""
_BREAKS: Final = [
    "", "\n", "\n\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029",
    " ", "\t", "\u3000",
]  # fmt: skip
"""Lines, as somebody counts them."""
_LETTERS: Final = [
    *_BREAKS,
    "\x00", "\x07", "\x08", "\x1b", "\x1b[31m", "\x1b[", "\x1b]8;;https://evil.test\x07", "\x1b]0;",
    "\x7f", "\x9b31m", "\xad", "\u200b", "\u200d", "\u202e", "\u2066", "\ufeff", "\ufff9",
    "\U000e0041", "\ud800", "\udfff", "\ue000", "\u0301", "\ufe0f",
    "#", "##", "[", "]", ":", ",", "=", ";", "/", "!", "@", "<", ">", "&", '"', "'", "\\", "%0A", "%0D",
    "%25", "%3A%3A", "<<",
]  # fmt: skip
"""What separates, escapes, or is not seen for what it is."""
_PAGE: Final = [
    # Markdown.
    "`", "``", "```", "````", "`" * 12, "```json", "~~~", "*", "**", "_", "~~", "> ", "> [!NOTE]",
    "# x", "---", "===", "- ", "- [ ] x", "1. ", "| a | b |", "|---|---|", "|", "    ",
    "![x](//evil.test/x.png)", "![x][y]", "[y]: //evil.test", "[a](https://evil.test)", "[a][y]",
    "[^1]", "<https://evil.test>", "https://evil.test/x", "www.evil.test", "evil@evil.test",
    "javascript:alert(1)", "$x$", ":smile:",
    # HTML.
    "<!--", "-->", "--!>", "<!-- devin-gate key=x run=9 attempt=9 -->", "<img src=//evil.test>",
    "<b>", "</b>", "</code>", "</pre>", "</p>", "</td></tr></table>", "</details>", "<details open>",
    "</summary>", "<h1>", "<a href=//evil.test>", "</a>", "<svg/onload=x>", "<script>", "<style>",
    "<![CDATA[", "<?x", "<!x", "&lt;img&gt;", "&#64;octocat", "&#x40;", "&amp;#64;", "&nbsp;", "&#10;",
    # GitHub, and what workflows expand.
    "@octocat", "@org/team", "@devin", "#12", "GH-12", "org/repo#12", "Fixes #1", "closes: #1",
    "5b7c0a1d2e3f405162738495a6b7c8d9eafb0c1d", "${{ secrets.X }}", "$(id)", "$HOME",
]  # fmt: skip
"""What means something on a page."""

DISGUISES: Final[dict[str, Callable[[str], str]]] = {
    "raw": str,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret)),
    "JSON with escaped slashes": lambda secret: json.dumps(secret)[1:-1].replace("/", "\\/"),
    "JSON for HTML": lambda secret: re.sub("[&'<=>+]", lambda m: f"\\u{ord(m[0]):04x}", secret),
    "URL": lambda secret: quote(secret, safe=""),
    "URL in lower case": lambda secret: re.sub(
        "%..", lambda m: m[0].lower(), quote(secret, safe="")
    ),
    "path": quote,
    "URL, each letter": lambda secret: "".join(f"%{byte:02X}" for byte in secret.encode()),
    "HTML": html.escape,
    "HTML, each letter": lambda secret: "".join(f"&#{ord(char)};" for char in secret),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 after one": lambda secret: base64.b64encode(f":{secret}".encode()).decode(),
    "base64 in the middle": lambda secret: base64.b64encode(f"x:{secret} y".encode()).decode(),
    "base64 of addresses": lambda secret: base64.urlsafe_b64encode(f"?{secret}".encode()).decode(),
    "base64 in a URL": lambda secret: quote(base64.b64encode(secret.encode()).decode(), safe=""),
    "over lines": lambda secret: secret[:9] + "\n" + secret[9:],
    "over CRLF lines": lambda secret: secret[:9] + "\r\n  " + secret[9:],
    "over lines of JSON": lambda secret: secret[:9] + "\\n" + secret[9:],
    "base64 over lines": lambda secret: base64.encodebytes(secret.encode() * 3).decode(),
    "with blanks": " ".join,
    "with zero-width": "\u200b".join,
}
"""The ways in which a secret may be written."""


def leaks(*secrets: str) -> st.SearchStrategy[str]:
    """Return texts that hold one of the secrets, in one of its disguises."""
    written = st.sampled_from(sorted(DISGUISES)).map(DISGUISES.__getitem__)
    return st.builds(lambda write, secret: write(secret), written, st.sampled_from(secrets))


def foreign(*secrets: str, pieces: int = 6) -> st.SearchStrategy[str]:
    """Return texts of so many pieces at most, some of which may be a secret."""
    line = st.builds(str.__add__, st.sampled_from(_BREAKS), st.sampled_from(_COMMANDS))
    piece = line | st.sampled_from(_PAGE) | st.sampled_from(_LETTERS) | st.text(max_size=6)
    if secrets:
        piece |= leaks(*secrets)
    return st.lists(piece, max_size=pieces).map(lambda parts: "".join(parts) + CANARY)


def foreign_words(*secrets: str) -> st.SearchStrategy[Iterator[str]]:
    """Return an endless supply of foreign texts; few different ones, which are quicker to draw."""
    return st.lists(foreign(*secrets), min_size=1, max_size=4).map(itertools.cycle)


def foreign_json(*secrets: str) -> st.SearchStrategy[Json]:
    """Return any JSON whose strings and keys are foreign."""
    text = foreign(*secrets, pieces=3)
    leaf: st.SearchStrategy[Json] = (
        text
        | st.integers()
        | st.booleans()
        | st.none()
        | st.floats(allow_nan=False, allow_infinity=False)
    )
    flat = st.dictionaries(text, leaf, max_size=3)
    return st.recursive(
        leaf | flat | st.lists(flat, max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
        max_leaves=6,
    )


def foreign_addresses(*secrets: str) -> st.SearchStrategy[str]:
    """Return texts that begin as web addresses do, many of which are some."""
    host = st.sampled_from(
        ["github.com", "evil.test", "[::1]:80", "a." * 90 + "evil.test", ":smile:.test"]
    )
    path = st.sampled_from(
        ["/octo/shop/pull/13", "/octo/shop/pull/12", "/:smile:/", "?@octocat", "#12", ""]
    )
    tail = foreign(*secrets, pieces=2)
    plain = tail.map(lambda text: "".join(char for char in text if "!" <= char <= "~"))
    return st.builds("https://{}{}{}".format, host, path, plain | tail | st.just(""))


def shows_secret(text: str, *secrets: str) -> str | None:
    """Return what of the text tells one of the secrets to whoever decodes it; `None` is best."""
    read = [text, *(reader(text) for reader in _READERS)]
    for reader in _READERS * 2:
        text = reader(text)
        read.append(text)
    for one in dict.fromkeys(read):
        joined = re.sub(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", "", one)
        for secret in secrets:
            if secret in joined or _is_encoded_in(secret.encode(), joined):
                return joined
    return None


_READERS: Final[tuple[Callable[[str], str], ...]] = (
    unquote,
    html.unescape,
    lambda text: re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text),
    lambda text: re.sub(r"\\([\\/\"])", r"\1", re.sub(r"\\[nrt]", "", text)),
)


def _is_encoded_in(secret: bytes, text: str) -> bool:
    """Tell whether some part of the text is base64 of something that holds the secret."""
    for run in re.findall(r"[A-Za-z0-9+/_-]{12,}", text):
        standard = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = standard[start:]
            if secret in base64.b64decode(part[: len(part) // 4 * 4]):
                return True
            if secret in base64.b64decode(part + "A" * (-len(part) % 4)):
                return True
    return False
