"""What the environment may and may not do to a request: netrc, proxies, private CAs."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrypoint.adapters.http import Http
from entrypoint.core.retry import Patience
from entrypoint.core.text import Secret
from entrypoint.errors import CallFailed, RunnerError
from simulator import DEVIN_KEY, Simulation
from tests.adapters.by_hand import serve_by_hand

SESSIONS = "/v1/sessions"


@pytest.fixture
def http(sim: Simulation) -> Iterator[Http]:
    """Give the adapter, with a second for a request."""
    adapter = Http(sim.devin.url, Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(1.0))
    yield adapter
    adapter.close()


def test_netrc_is_not_read(sim: Simulation, http: Http) -> None:
    """A `.netrc` in the shared HOME does not replace our key."""
    netrc = Path(os.environ["HOME"]) / ".netrc"
    netrc.write_text("machine 127.0.0.1 login eve password evil\n")
    netrc.chmod(0o600)
    http.send("GET", SESSIONS)
    assert sim.devin.journal[0].headers["authorization"] == f"Bearer {DEVIN_KEY}"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_proxy_variables_are_honoured(sim: Simulation, name: str) -> None:
    """A runner behind a proxy reaches Devin through it."""
    os.environ[name] = sim.devin.url
    http = Http(
        "http://devin.invalid", Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(1)
    )
    assert http.send("GET", SESSIONS).value == {"sessions": []}
    http.close()
    assert sim.devin.journal[0].headers["host"] == "devin.invalid"


def test_no_proxy_is_honoured(sim: Simulation, http: Http) -> None:
    """What the runner excepts from its proxy is asked directly."""
    os.environ |= {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}
    assert http.send("GET", SESSIONS).value == {"sessions": []}
    assert len(sim.devin.journal) == 1


def test_a_proxy_that_wants_a_login_is_said() -> None:
    """407 from the proxy's tunnel is no trouble of Devin's, and is not repeated."""
    with serve_by_hand(_answer_407) as url:
        os.environ["HTTPS_PROXY"] = url
        http = Http(
            "https://devin.invalid", Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(1)
        )
        with pytest.raises(CallFailed, match="proxy") as caught:
            http.send("GET", SESSIONS)
        http.close()
    assert caught.value.kind == "refused"


@pytest.mark.parametrize("path", ["/v1/sessions/devin-a407b", "/407", "/v1/sessions?tags=407"])
def test_407_somewhere_else_is_no_login(path: str) -> None:
    """A port, an id or a tag with 407 in it does not make an outage a proxy that wants a login."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    http = Http(
        f"http://127.0.0.1:{port}", Secret(DEVIN_KEY), user_agent="test/1", patience=Patience(1)
    )
    with pytest.raises(CallFailed, match="could not be reached") as caught:
        http.send("GET", path)
    http.close()
    assert caught.value.kind == "not_sent"


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_ca_bundle_that_is_not_there_is_an_error_in_words(name: str) -> None:
    """The runner's path does not exist in the container: said before anything is sent."""
    os.environ[name] = "/etc/ssl/nowhere.pem"
    with pytest.raises(RunnerError, match=name):
        Http("https://127.0.0.1:9", Secret(DEVIN_KEY), user_agent="test/1")


def _answer_407(link: socket.socket) -> None:
    link.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
