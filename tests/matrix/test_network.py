"""N1, N3 and N9: the way to a server is shut, the server is not who it says, a proxy is between."""

from __future__ import annotations

from typing import Final

import pytest

from simulator.front import BlackHole, Certificate, Elsewhere, Refused, Says, Trouble
from tests.matrix.hurry import compose_hurried
from tests.matrix.network import LOST_NAMES, Network
from tests.matrix.oracle import End, Kind, find_outage_end
from tests.matrix.places import GITHUB, PLACES
from tests.matrix.story import cases, check, tell_cut_off
from tests.runner_model import read_commands
from tests.scenarios.world import Gate, Run

_NAME: Final = "localhost"
_OUTAGES: Final[dict[str, tuple[Trouble, str]]] = {
    "refused": (Refused(), "127.0.0.1"),
    "unknown-name": (
        Elsewhere(lambda: LOST_NAMES.add(_NAME), lambda: LOST_NAMES.discard(_NAME)),
        _NAME,
    ),
}
_PORTAL: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 29\r\nConnection: close\r\n\r\n"
    b"<html><h1>Log in</h1></html>\n"
)
_N9: Final[dict[str, tuple[Kind, bytes]]] = {
    "connect-407": ("refused", b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
    "connect-502": ("not-sent", b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
    "connect-portal": ("unclear", _PORTAL),
    "plain-407": ("refused", _PORTAL.replace(b"200 OK", b"407 Proxy Authentication Required")),
    "plain-portal": ("unclear", _PORTAL),
}


def _said(run: Run) -> str:
    """Return what is shown at the top of the run."""
    shown = ("error", "warning")
    return "".join(item.data for item in read_commands(run.log) if item.name in shown)


@cases("N1", _OUTAGES, lambda _variant, _phase: "not-sent", find=find_outage_end)
def test_no_way_there(
    gate: Gate, network: Network, variant: str, phase: str, persistence: str, end: End
) -> None:
    """Nothing was sent, so all is tried again within the budget, a create too."""
    trouble, host = _OUTAGES[variant]
    front = network.put_before(PLACES[phase].service, host=host)
    check(tell_cut_off(gate, phase, persistence, front, trouble), end)


@pytest.mark.real_time  # a connect that nobody answers ends with its own second, not before
@cases(
    "N1",
    ("black-hole",),
    lambda _variant, _phase: "not-sent",
    persistences=("once", "below"),
)
def test_nobody_answers_a_connect(
    gate: Gate, network: Network, variant: str, phase: str, persistence: str, end: End
) -> None:
    """A connect that is not answered is given up in time, and tried again."""
    del variant
    gate.compose = compose_hurried
    front = network.put_before(PLACES[phase].service)
    check(tell_cut_off(gate, phase, persistence, front, BlackHole()), end)


@cases(
    "N3",
    ("expired", "wrong-host", "unknown-authority"),
    lambda _variant, _phase: "refused",
    find=find_outage_end,
)
def test_a_certificate_that_does_not_hold(
    gate: Gate, network: Network, variant: str, phase: str, persistence: str, end: End
) -> None:
    """Not tried again, and the message says what to do about a private CA."""
    front = network.put_before(PLACES[phase].service, tls=True)
    trouble = Certificate(network.authority.bad[variant])
    told = tell_cut_off(gate, phase, persistence, front, trouble)
    if end.outcome == "error" or (phase in GITHUB and persistence == "forever"):
        assert "certificate" in _said(told.run)
        assert "set `REQUESTS_CA_BUNDLE`" in _said(told.run)
    check(told, end)


@cases("N9", _N9, lambda variant, _phase: _N9[variant][0], find=find_outage_end)
def test_a_proxy_between(
    gate: Gate, network: Network, variant: str, phase: str, persistence: str, end: End
) -> None:
    """A proxy that wants a login is not asked again; 502 and a portal's page are, within budget."""
    encrypted = variant.startswith("connect-")
    front = network.put_before(PLACES[phase].service, tls=encrypted, host=_NAME)
    proxy = network.put_proxy_before(front)
    told = tell_cut_off(gate, phase, persistence, proxy, Says(_N9[variant][1]))
    if variant == "connect-407" and (end.outcome == "error" or end.comment in ("open", "none")):
        assert "Put user and password into `HTTPS_PROXY`" in _said(told.run)
    check(told, end)
