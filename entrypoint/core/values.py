"""The text of one input becomes a value, or a `DocumentError` that says what is wrong with it."""

from __future__ import annotations

import difflib
import ipaddress
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, TypeVar
from urllib.parse import urlsplit

from entrypoint.core.documents import DocumentError, read_json, read_json_or_yaml
from entrypoint.core.outcome import ALLOWABLE, Outcome
from entrypoint.core.people import ASSOCIATIONS
from entrypoint.core.session import full_id, is_session_id
from entrypoint.core.text import Secret, quote

if TYPE_CHECKING:
    from entrypoint.core.documents import Json

MAX_TAGS: Final = 47
"""The API takes 50; two are ours, and a third for a session that is given up."""
OWN_TAGS: Final = "devin-gate:"
FILES_FROM: Final[tuple[Literal["base", "workspace"], ...]] = ("base", "workspace")
ON_BLOCKED: Final[tuple[Literal["evidence", "wait"], ...]] = ("evidence", "wait")
ON_CANCEL: Final[tuple[Literal["leave", "terminate"], ...]] = ("leave", "terminate")
ON_MISSING_KEY: Final[tuple[Literal["fail", "skip"], ...]] = ("fail", "skip")
DEVIN_MODES: Final[tuple[str, ...]] = ("normal", "fast", "lite", "ultra", "fusion")
_COUNTS: Final = {2: "two", 5: "five"}
_Word = TypeVar("_Word", bound=str)


def _refuse(why: str) -> DocumentError:
    return DocumentError(why)


def parse_api_key(text: str) -> Secret:
    """Return the key of either version of the API; the header that carries it takes visible ASCII only."""
    if re.fullmatch(r"[\x21-\x7e]+", text) is None:
        raise _refuse("it holds blanks, line breaks or letters that no key has")
    if not text.startswith(("cog_", "apk_")):
        raise _refuse(
            "it starts neither with `cog_` nor with `apk_`; set the secret again, the key alone, "
            "without quotes"
        )
    return Secret(text)


def parse_token(text: str) -> Secret:
    """Return GitHub's token."""
    if re.fullmatch(r"[\x21-\x7e]+", text) is None:
        raise _refuse("it holds blanks, line breaks or letters that no token has")
    return Secret(text)


def parse_api_url(text: str) -> str:
    """Return the address without a slash at its end; unencrypted only on loopback."""
    if re.fullmatch(r"https?://[!-~]+", text) is None:
        raise _refuse("it is no http or https address")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _refuse("it is no address") from None
    if not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise _refuse("it has no host, or a user, query or fragment")
    if parts.scheme != "https" and not _is_loopback(host):
        raise _refuse("the key would travel unencrypted")
    path = parts.path.rstrip("/")
    if re.search(r"/v[0-9]+(/organizations(/.*)?)?$", path):
        raise _refuse("the version is added by Devin Gate; leave it out")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def parse_prompt(text: str) -> str:
    """Return the prompt as it is; blanks alone ask nothing."""
    if not text.strip():
        raise _refuse("it is empty")
    return text


def parse_plain(text: str) -> str:
    """Return one line of text as it is."""
    if not text.isprintable():
        raise _refuse("it holds a line break or a control character")
    return text


def parse_number(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return a parser for whole numbers from `least` to `most`, both included."""

    def parse(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) is None:
            raise _refuse("it is no whole number")
        number = int(text)
        if number < least or (most is not None and number > most):
            raise _refuse("it is out of range")
        return number

    return parse


def parse_boolean(text: str) -> bool:
    """Return the truth of `true` or `false`, in any case."""
    if text.lower() not in ("true", "false"):
        raise _refuse("it is neither true nor false")
    return text.lower() == "true"


def _list(text: str) -> tuple[str, ...]:
    """Return the items of a list, in order, each once."""
    if text.startswith(("[", "- ")):
        value = read_json_or_yaml(text)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _refuse("it is no list of strings; put numbers in quotes")
        items = [str(item).strip() for item in value]
    elif text.startswith("{") or text.lower() in ("true", "false"):
        raise _refuse("it is no list")
    else:
        items = [item.strip() for item in text.split("\n" if "\n" in text else ",")]
    for item in items:
        parse_plain(item)
    return tuple(dict.fromkeys(item for item in items if item))


def parse_tags(text: str) -> tuple[str, ...]:
    """Return the user's tags, each once, in order."""
    tags = _list(text)
    if len(tags) > MAX_TAGS:
        raise _refuse(f"there are {len(tags)} of them")
    if any(tag.lower().startswith(OWN_TAGS) for tag in tags):
        raise _refuse(f"tags that start with `{OWN_TAGS}` are Devin Gate's own")
    return tags


def parse_ids(text: str) -> tuple[str, ...]:
    """Return a list of IDs; empty for `none`."""
    if text.lower() == "none":
        return ()
    ids = _list(text)
    if not ids or {"none", "null"} & {item.lower() for item in ids}:
        raise _refuse("`none` stands alone, and an empty list would not say what is meant")
    return ids


def parse_org_id(text: str) -> str:
    """Return the ID of an organisation, which becomes part of an address."""
    if not is_session_id(text):
        raise _refuse("it is no ID, which has letters, digits, hyphens and underscores only")
    return text


def parse_repos(text: str) -> tuple[str, ...]:
    """Return names of repositories with their owners."""
    repos = _list(text)
    if not repos or not all(re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", name) for name in repos):
        raise _refuse("a repository is written as `owner/name`, not as an address")
    return repos


def parse_session_id(text: str) -> str:
    """Return the id as paths want it, given the id or the session's web address.

    Web addresses drop the prefix of the usual ids, which are `devin-` and 32 hex digits.
    """
    address = re.fullmatch(
        r"https?://[^/?#\s]+/(?:[^?#\s]*/)?sessions/([^/?#\s]+)/?(?:[?#].*)?", text
    )
    session_id = address[1] if address else text
    if not is_session_id(session_id):
        raise _refuse(
            "it is neither an ID nor a web address that ends with `/sessions/` and the ID"
        )
    return full_id(session_id)


def parse_outcomes(text: str) -> frozenset[Outcome]:
    """Return the outcomes that the team allows."""
    names = _list(text)
    known = {str(outcome) for outcome in ALLOWABLE}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = (
                f"; did you mean `{near[0]}`?"
                if near
                else f"; known are {', '.join(sorted(known))}"
            )
            raise _refuse(f"{quote(name, 40)} cannot be allowed{hint}")
    return frozenset(Outcome(name) for name in names)


def parse_word(words: tuple[_Word, ...]) -> Callable[[str], _Word]:
    """Return a parser for one of a few words."""

    def parse(text: str) -> _Word:
        for word in words:
            if word == text:
                return word
        raise _refuse(f"it is none of the {_COUNTS[len(words)]} words")

    return parse


def parse_comment(text: str) -> Literal["update", "off"]:
    """Return what to do about the comment."""
    if text == "update":
        return "update"
    if text in ("off", "false"):  # YAML 1.1 readers turn a bare `off` into false
        return "off"
    raise _refuse("it is none of the two words; for no comment write `off`")


def parse_associations(text: str) -> frozenset[str]:
    """Return the associations with the repository, in GitHub's words.

    `NONE` is a stranger to GitHub; whoever writes `none`, as other inputs have it, means nobody.
    """
    words = _list(text)
    if any(word != "NONE" and word.upper() == "NONE" for word in words):
        raise _refuse(
            "strangers are GitHub's `NONE`, in capitals; for nobody but who may write, say `OWNER`"
        )
    names = frozenset(word.upper() for word in words)
    if not names or names - {*ASSOCIATIONS}:
        raise _refuse("an association is none of GitHub's")
    return names


def parse_comment_key(text: str) -> str:
    """Return the key; it stands in an HTML comment, so its letters are few."""
    if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", text) is None:
        raise _refuse("it is too long or holds other characters")
    return text


def parse_path(text: str) -> str:
    """Return a path that stays below the workspace as far as its text can tell."""
    steps = text.split("/")
    if text.startswith("/") or ".." in steps or "\\" in text or steps[-1] in ("", "."):
        raise _refuse("it is absolute, leads upwards or names no file")
    return parse_plain(text)


def parse_matrix(text: str) -> Json:
    """Return the matrix leg; the runner says `null` and act `{}` where there is none."""
    value = read_json(text)
    if value is None or isinstance(value, dict):
        return value or None
    raise _refuse(f"it is {json.dumps(type(value).__name__)}, no object")
