"""What the selftest's action talks to on a runner: a simulated Devin behind TLS."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import certifi
import pytest
import requests
import yaml

from entrypoint.core.people import ASSOCIATIONS
from simulator.scenario import Scenario

ROOT: Final = Path(__file__).resolve().parents[2]
AUTHORITY: Final = ROOT / "build/selftest/client.pem"


@pytest.fixture
def served() -> Iterator[dict[str, str]]:
    """Start what the workflow starts, on this machine's own address; end it afterwards."""
    started = subprocess.Popen(
        [ROOT / "release/serve_devin.sh", "127.0.0.1"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = started.communicate(timeout=60)
        assert started.returncode == 0
        yield dict(line.split("=", 1) for line in printed.splitlines())
    finally:
        os.killpg(started.pid, signal.SIGTERM)


def test_devin_answers_by_tls_once_the_script_is_over(served: dict[str, str]) -> None:
    """The next step of the workflow reaches Devin under the authority's certificate alone.

    It reads the pull request from the real GitHub with the same bundle.
    """
    assert served["url"].startswith("https://127.0.0.1:")
    answer = requests.get(
        f"{served['url']}/v1/sessions",
        headers={"Authorization": f"Bearer {served['key']}"},
        verify=str(AUTHORITY),
        timeout=10,
    )
    assert answer.json() == {"sessions": []}
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(served["url"], timeout=10)
    assert Path(certifi.where()).read_text("utf-8") in AUTHORITY.read_text("utf-8")


def test_the_selftests_sessions_end_with_what_its_gates_are_about() -> None:
    """One step passes and one does not, by the same answer."""
    scenario = ROOT / "release/selftest.yml"
    Scenario.read(scenario)
    last = yaml.safe_load(scenario.read_text("utf-8"))["timeline"][-1]
    assert last["structured_output"] == {"risk": "low"}
    selftest = yaml.safe_load((ROOT / ".github/workflows/selftest.yml").read_text("utf-8"))
    steps = {step["id"]: step for step in selftest["jobs"]["selftest"]["steps"] if "id" in step}
    assert steps["passes"]["with"]["gate"] == 'output.risk == "low"'
    assert steps["fails"]["with"]["gate"] == 'output.risk == "high"'
    for name in ("passes", "fails"):
        # Else a stranger's pull request from a fork, with a key there, would be `not_allowed`.
        allowed = steps[name]["with"]["allowed_associations"]
        assert set(allowed.split(", ")) == set(ASSOCIATIONS)
