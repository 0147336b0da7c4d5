"""Where the runner of a recipe finds Devin and GitHub, and what it has on its disk."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import trustme

from simulator import Front, Simulation

Authority: TypeAlias = Literal["public", "private", "private and unknown"]
"""Whose certificates Devin and GitHub show; the public one's are left away."""
_GH: Final = Path(__file__).with_name("gh")


@dataclass(frozen=True)
class Place:
    """The addresses of both services, and files of ours by where the runner has them."""

    devin_url: str
    github_url: str
    files: tuple[tuple[Path, str], ...] = ((_GH, "/usr/local/bin/gh"),)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return what act is told; it takes the last of two values for one name."""
        volumes = " ".join(f"--volume {ours}:{there}:ro" for ours, there in self.files)
        return (
            *("--env", f"GITHUB_API_URL={self.github_url}"),
            *("--var", f"DEVIN_API_URL={self.devin_url}"),
            *("--container-options", volumes),
        )


@contextmanager
def settle(simulation: Simulation, authority: Authority, folder: Path) -> Iterator[Place]:
    """Give the place, as long as the block is open; its files are in the folder."""
    place = Place(simulation.devin.url, simulation.github.url)
    if authority == "public":
        yield place
        return
    ours = trustme.CA()
    with ExitStack() as stack:
        fronts = []
        for service in (simulation.devin, simulation.github):
            service.closes = True
            certificate = ours.issue_cert("127.0.0.1")
            front = Front(int(service.origin.rpartition(":")[2]), tls=_context(certificate))
            stack.callback(front.close)
            fronts.append(front.origin)
        trusted = ours if authority == "private" else trustme.CA()
        bundle = folder / "authority.pem"
        trusted.cert_pem.write_to_path(str(bundle))
        files = (*place.files, (bundle, "/etc/ssl/certs/ca-certificates.crt"))
        path = simulation.github.url.removeprefix(simulation.github.origin)
        yield Place(fronts[0], fronts[1] + path, files)


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
