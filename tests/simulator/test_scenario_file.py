"""Scenario files and the simulator as a process of its own."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml

from simulator import DEVIN_KEY, GITHUB_TOKEN, Simulation, TimelineError, read_timeline
from simulator.scenario import Scenario, ScenarioError

ROOT = Path(__file__).parents[2]

SCENARIO = """\
speed: 1000
repository: octo/widgets
timeline:
  steps:
    - {after_s: 0, status_enum: working}
    - {after_s: 1, status_enum: blocked, structured_output: {risk: low}, message: done}
  on_message:
    - {after_s: 1, message: repaired}
pull_request: {number: 7, head_sha: cccccccccccccccccccccccccccccccccccccccc, base_ref: next}
comments:
  - {number: 7, login: monalisa, body: nice}
faults:
  - server: devin
    method: POST
    path: /v1/sessions
    answer: {status: 503, body: <h1>later</h1>, headers: {Retry-After: 1}}
    after_commit: true
"""


def write(folder: Path, text: str) -> Path:
    """Write a scenario file."""
    path = folder / "scenario.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_arranges_a_simulation(tmp_path: Path, sim: Simulation) -> None:
    """Timeline, pull request, comments and faults are as written."""
    Scenario.read(write(tmp_path, SCENARIO)).arrange(sim)
    session = sim.devin.add_session({"prompt": "p"})
    assert session.timeline == read_timeline(yaml.safe_load(SCENARIO)["timeline"])
    (comment,) = sim.github.comments_of(7, "octo/widgets")
    assert (comment.login, comment.body) == ("monalisa", "nice")
    assert len(sim.devin.unused_faults()) == 1


def test_every_kind_of_fault_can_be_written(tmp_path: Path, sim: Simulation) -> None:
    """Each with its defaults or its values, once, always, or later."""
    text = """\
faults:
  - {server: devin, answer: {status: 500}}
  - {server: devin, reset: {}, times: null}
  - {server: devin, cut_body: {keep_bytes: 3}, skip: 2}
  - {server: devin, cut_chunked: }
  - {server: github, silence: {max_s: 1}}
  - {server: github, drip: {bytes_per_s: 9}}
  - {server: github, delay: {duration_s: 9}}
  - {server: github, raw: {text: x}}
  - {server: github, redirect: {location: "https://x/"}, method: GET, path: /user}
"""
    Scenario.read(write(tmp_path, text)).arrange(sim)
    assert len(sim.devin.unused_faults()) == 4
    assert len(sim.github.unused_faults()) == 5


def test_timelines_and_pull_requests_can_be_many(tmp_path: Path, sim: Simulation) -> None:
    """The plural takes a list."""
    text = "timelines: [[{title: a}], [{title: b}]]\npull_requests: [{number: 1}, {number: 2}]\n"
    Scenario.read(write(tmp_path, text)).arrange(sim)
    titles = [sim.devin.add_session({"prompt": "p"}).state_at(0).title for _ in range(2)]
    assert titles == ["a", "b"]
    assert sim.github.edit_pull(2).number == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "scenario: a mapping is needed, got list"),
        ("a: [", "scenario.yml: while parsing"),
        ("timelin: []", "scenario: unknown timelin; known are comments"),
        ("timelines: {}", "timelines: a list is needed"),
        ("comments: [{number: 1}]", "comments: .*missing.*'body'"),
        ("pull_request: {nr: 1}", "pull_request: .*number"),
        ("faults: [{server: devin}]", "faults: one of answer, cut_body"),
        ("faults: [{server: x, reset: {}}]", "server must be devin or github, got 'x'"),
        ("faults: [{server: devin, delay: {}}]", "delay: .*duration_s"),
    ],
)
def test_a_wrong_file_names_the_place(
    tmp_path: Path, sim: Simulation, text: str, message: str
) -> None:
    """Nothing is left out in silence."""
    with pytest.raises(ScenarioError, match=message):
        Scenario.read(write(tmp_path, text)).arrange(sim)


@pytest.mark.parametrize("text", ["speed: fast", "speed: 0", "timeline: [{after_s: x}]"])
def test_a_wrong_value_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    """No server is left behind."""
    with pytest.raises((ScenarioError, TimelineError)):
        Scenario.read(write(tmp_path, text)).start()


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Start the process on the folder's scenario."""
    names = ("scenario.yml", "ready.json", "journal.json")
    scenario, ready, journal = (str(folder / name) for name in names)
    options = ("--scenario", scenario, "--ready", ready, "--journal", journal)
    return subprocess.Popen([sys.executable, "-m", "simulator", *options], cwd=ROOT)


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> dict[str, str]:
    """Return the file's JSON as soon as it is there."""
    while process.poll() is None and not path.exists():
        pass
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_serves_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    """It tells its addresses, keeps time at the file's speed, and leaves its state behind."""
    write(tmp_path, SCENARIO)
    with start(tmp_path) as process:
        try:
            ready = wait_for(tmp_path / "ready.json", process)
            assert (ready["devin_key"], ready["github_token"]) == (DEVIN_KEY, GITHUB_TOKEN)
            headers = {"Authorization": f"Bearer {ready['devin_key']}"}
            address = f"{ready['devin_url']}/v1/sessions"
            body = {"prompt": "p", "idempotent": True}
            codes = [
                requests.post(address, headers=headers, json=body, timeout=5).status_code
                for _ in range(2)
            ]
            pull = requests.get(
                f"{ready['github_url']}/repos/octo/widgets/pulls/7",
                headers={"Authorization": f"Bearer {ready['github_token']}"},
                timeout=5,
            )
            while "blocked" not in requests.get(address, headers=headers, timeout=5).text:
                pass
            process.send_signal(number)
            assert process.wait(5) == 0
        finally:
            process.kill()
    state = json.loads((tmp_path / "journal.json").read_text(encoding="utf-8"))
    assert codes == [503, 200]
    assert pull.json()["base"]["ref"] == "next"
    (session,) = state["devin"]["sessions"]
    assert session["details"]["structured_output"] == {"risk": "low"}
    assert state["leftovers"] == []


def test_the_process_refuses_a_wrong_file(tmp_path: Path) -> None:
    """Exit code 2 and one line that says why."""
    write(tmp_path, "nonsense: 1")
    command = [sys.executable, "-m", "simulator", "--scenario", str(tmp_path / "scenario.yml")]
    done = subprocess.run(
        [*command, "--ready", str(tmp_path / "ready.json")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("scenario: unknown nonsense; known are")
    assert not (tmp_path / "ready.json").exists()
