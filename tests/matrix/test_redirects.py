"""N10: an answer that sends the client elsewhere, with the prompt and the key in its hands."""

from __future__ import annotations

from typing import Final

from simulator import Redirect
from tests.matrix.network import Network
from tests.matrix.oracle import End
from tests.matrix.places import PLACES
from tests.matrix.story import cases, check, tell_spoiled
from tests.scenarios.world import Gate

_STATUSES: Final = (301, 302, 303, 307, 308)
_TARGETS: Final = ("other-host", "loop", "relative", "nowhere")


def _target(gate: Gate, phase: str, name: str) -> str:
    """Return where the redirect points: the other service stands for another host."""
    service = PLACES[phase].service
    other = gate.sim.devin.url if service == "github" else gate.sim.github.url
    return {
        "other-host": f"{other}/stolen",
        "loop": "?",
        "relative": "../elsewhere",
        "nowhere": "",
    }[name]


@cases(
    "N10",
    [f"{target}/{status}" for target in _TARGETS for status in _STATUSES],
    lambda _variant, _phase: "refused",
)
def test_a_redirect(gate: Gate, variant: str, phase: str, persistence: str, end: End) -> None:
    """A redirect is refused: nobody else gets the prompt, the key, the token or even a request."""
    name, _, status = variant.partition("/")
    fault = Redirect(_target(gate, phase, name), int(status))
    told = tell_spoiled(gate, phase, persistence, fault)
    asked = [*gate.sim.devin.journal, *gate.sim.github.journal]
    assert all(seen.known for seen in asked), "somebody followed it"
    check(told, end)


@cases(
    "N10",
    [f"https-to-http/{status}" for status in _STATUSES],
    lambda _variant, _phase: "refused",
)
def test_a_redirect_out_of_the_encryption(
    gate: Gate, network: Network, variant: str, phase: str, persistence: str, end: End
) -> None:
    """A redirect that would take the encryption away is refused like the others."""
    service = PLACES[phase].service
    network.put_before(service, tls=True)
    simulated = gate.sim.github if service == "github" else gate.sim.devin
    fault = Redirect(f"{simulated.url}/stolen", int(variant.partition("/")[2]))
    told = tell_spoiled(gate, phase, persistence, fault)
    assert all(seen.known for seen in simulated.journal), "somebody followed it"
    check(told, end)
