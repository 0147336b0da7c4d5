"""One HTTP request against a server that behaves as badly as the network lets it."""

import gzip
import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from entrypoint.adapters.http import Http
from entrypoint.core.retry import Patience
from entrypoint.core.text import Secret
from entrypoint.errors import CallFailed
from simulator import (
    DEVIN_KEY,
    Answer,
    CutBody,
    CutChunked,
    Fault,
    Raw,
    Redirect,
    Reset,
    Silence,
    Simulation,
)
from tests.adapters.by_hand import serve_by_hand

SESSIONS = "/v1/sessions"
_MIB = 1024 * 1024


@pytest.fixture
def http(sim: Simulation) -> Iterator[Http]:
    """Give the adapter, with a second for a request."""
    adapter = Http(sim.devin.url, Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(5.0))
    yield adapter
    adapter.close()


def fail(http: Http, method: str = "GET") -> CallFailed:
    """Send a request that must fail and return how."""
    with pytest.raises(CallFailed) as caught:
        http.send(method, SESSIONS, b"{}" if method == "POST" else None)
    assert DEVIN_KEY not in f"{caught.value}{caught.value.detail}{caught.value.remedy}"
    return caught.value


def test_a_request_says_who_asks_and_nothing_more(sim: Simulation, http: Http) -> None:
    """Our key, our name, no encoding; a body has its type."""
    http.send("POST", SESSIONS, b'{"prompt": "p"}')
    [seen] = sim.devin.journal
    assert seen.headers["authorization"] == f"Bearer {DEVIN_KEY}"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["user-agent"] == "test/1"
    assert seen.headers["content-type"] == "application/json"
    assert seen.body == b'{"prompt": "p"}'
    assert "cookie" not in seen.headers


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Reset(), "unclear"),
        (CutBody(5), "unclear"),
        (CutChunked(5), "unclear"),
        (Raw(b""), "unclear"),
        (Raw(b"HTTP/1.1 200 OK\r\n"), "unreadable"),
        (Raw(b"HTTP/1.1 103 Early Hints\r\n\r\n"), "unclear"),
        (Raw(b"\x16\x03\x01 this is no HTTP"), "unclear"),
        (Raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "unclear"),
        (Raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n{}"), "unclear"),
        (Redirect("http://127.0.0.1:9/elsewhere"), "refused"),
        (Redirect("/v1/sessions", 302), "refused"),
        (Answer(200, "<html>portal</html>"), "unreadable"),
        (Answer(200, b""), "unreadable"),
        (Answer(200, b'{"a": "\xff"}'), "unreadable"),
        (Answer(200, "{}".encode("utf-16")), "unreadable"),
        (Answer(200, b"\xef\xbb\xbf{}"), "unreadable"),
        (Answer(200, b"[" * 100_000), "unreadable"),
        (Answer(200, b'"' + b"x" * 9 * _MIB + b'"'), "unreadable"),
        (Answer(200, gzip.compress(b"{}", mtime=0), (("Content-Encoding", "gzip"),)), "unreadable"),
        (Answer(204), "unreadable"),
        (Answer(304), "answered"),
        (Answer(418, "<h1>Teapot</h1>"), "answered"),
        (
            Answer(502, gzip.compress(b"x" * 9 * _MIB, mtime=0), (("Content-Encoding", "gzip"),)),
            "answered",
        ),
    ],
    ids=lambda value: repr(value)[:50],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_evil_is_one_classified_failure(
    sim: Simulation, http: Http, fault: Fault, kind: str, method: str
) -> None:
    """Whatever comes back becomes a `CallFailed` of the right kind, after one request."""
    sim.devin.inject(method, SESSIONS, fault)
    failure = fail(http, method)
    assert failure.kind == kind
    assert len(sim.devin.journal) == 1


@pytest.mark.parametrize("after", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n "])
def test_a_drip_is_ended_by_the_requests_own_deadline(after: bytes) -> None:
    """A byte now and then, in the headers or in the body, does not hold a request for ever."""
    with serve_by_hand(lambda link: _drip(link, after)) as url:
        http = Http(url, Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(0.4))
        began_s = time.monotonic()
        failure = fail(http)
        http.close()
    assert (failure.kind, time.monotonic() - began_s < 1.2) == ("unclear", True)


def test_silence_is_ended_by_the_requests_own_deadline(sim: Simulation) -> None:
    """Not a single byte comes back: the request ends unclear, in its time."""
    sim.devin.inject("POST", SESSIONS, Silence())
    http = Http(sim.devin.url, Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(0.3))
    assert fail(http, "POST").kind == "unclear"
    http.close()


def test_a_refused_connection_was_not_sent() -> None:
    """Nobody listens: nothing can have happened, so a create may be sent again."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    http = Http(f"http://127.0.0.1:{port}", Secret(DEVIN_KEY), user_agent="test/1")
    assert fail(http, "POST").kind == "not_sent"


def test_a_server_without_tls_may_be_a_portal(sim: Simulation) -> None:
    """What answers without TLS can pass; in the middle of an answer it can have been sent."""
    http = Http(
        sim.devin.url.replace("http:", "https:"),
        Secret(DEVIN_KEY),
        user_agent="test/1",
        patience=Patience(1),
    )
    failure = fail(http)
    http.close()
    assert failure.kind == "unclear"
    assert "without TLS" in failure.remedy


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"detail": "Invalid"}, "Invalid"),
        ({"detail": [{"loc": ["body", "tags"], "msg": "bad"}]}, "body.tags: bad"),
        ({"detail": {"a": 1}}, '{"a": 1}'),
        ({"detail": [1, None, {"msg": 5}]}, None),
        ([1], ""),
        ("<h1>nginx</h1>", ""),
        ({"detail": "a\r\n::error::x\u202e" + "x" * 10_000}, None),
    ],
    ids=str,
)
def test_what_an_error_says_is_one_line_of_bounded_length(
    sim: Simulation, http: Http, body: object, detail: str | None
) -> None:
    """The detail of an error answer is read in each of its shapes, cut and cleaned."""
    sim.devin.inject("GET", SESSIONS, Answer(422, body))
    failure = fail(http)
    assert failure.status == 422
    assert detail is None or failure.detail == detail
    assert len(failure.detail) <= 2_000
    assert failure.detail.isprintable()


def test_retry_after_is_handed_on(sim: Simulation, http: Http) -> None:
    """Seconds, and dates against the answer's own date."""
    dates = (
        ("Retry-After", "Mon, 05 Jan 2026 09:00:30 GMT"),
        ("Date", "Mon, 05 Jan 2026 09:00:00 GMT"),
    )
    sim.devin.inject("GET", SESSIONS, Answer(429, {}, (("Retry-After", "7"),)))
    sim.devin.inject("GET", SESSIONS, Answer(429, {}, dates))
    sim.devin.inject("GET", SESSIONS, Answer(429, {}))
    assert [fail(http).retry_after_s for _ in range(3)] == [7, 30, None]


@pytest.mark.parametrize("status", [b"100 Continue", b"102 Processing", b"103 Early Hints"])
def test_what_comes_before_the_answer_is_skipped(
    sim: Simulation, http: Http, status: bytes
) -> None:
    """An interim answer is none; the one after it counts, for this request and not for the next."""
    interim = b"HTTP/1.1 " + status + b"\r\nLink: </x.css>\r\n\r\n"
    final = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]"
    sim.devin.inject("GET", SESSIONS, Raw(interim * 2 + final))
    assert http.send("GET", SESSIONS).value == []
    assert http.send("GET", SESSIONS).value == {"sessions": []}


def test_a_large_answer_below_the_cap_is_read(sim: Simulation, http: Http) -> None:
    """Seven MiB are still an answer."""
    sim.devin.inject("GET", SESSIONS, Answer(200, json.dumps("x" * 7 * _MIB).encode()))
    assert http.send("GET", SESSIONS).value == "x" * 7 * _MIB


def _drip(link: socket.socket, after: bytes) -> None:
    pause = threading.Event()
    try:
        link.sendall(after)
        for _ in range(100):
            link.sendall(b" ")
            pause.wait(0.03)
    except OSError:
        return
