"""The project's own workflows: what may merge, what may be released, and with which rights."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.container.engine import BASE_IMAGE

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs/releasing.md"
TEXTS: Final = {
    path.stem: path.read_text("utf-8")
    for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
}
WORKFLOWS: Final[dict[str, dict[Any, Any]]] = {
    name: yaml.safe_load(text) for name, text in TEXTS.items()
}
JOBS: Final = [
    pytest.param(job, id=f"{name}:{key}")
    for name, workflow in WORKFLOWS.items()
    for key, job in workflow["jobs"].items()
]


def needed_by(jobs: dict[str, Any], job: str) -> set[str]:
    """Return every job that must have succeeded before this one starts."""
    needs = jobs[job].get("needs", [])
    direct = [needs] if isinstance(needs, str) else needs
    return set(direct).union(*(needed_by(jobs, one) for one in direct))


def test_these_workflows_are_there() -> None:
    """What is promised about checks is what runs."""
    assert set(WORKFLOWS) == {"ci", "codeql", "lint", "release", "scorecard", "selftest"}


def test_the_gate_job_needs_every_other_job() -> None:
    """Nothing merges while a job of `ci` has failed, was skipped or was forgotten here."""
    jobs = WORKFLOWS["ci"]["jobs"]
    gate = jobs["ci"]
    assert set(gate["needs"]) == set(jobs) - {"ci"}
    assert gate["if"] == "always()"
    (step,) = gate["steps"]
    assert step["env"] == {"NEEDS": "${{ toJSON(needs) }}"}
    assert not any("continue-on-error" in str(job) for job in jobs.values())


@pytest.mark.parametrize(
    ("results", "is_green"),
    [
        (("success", "success"), True),
        (("success", "failure"), False),
        (("skipped", "success"), False),
        (("success", "cancelled"), False),
    ],
)
def test_the_gate_job_is_green_only_when_every_job_succeeded(
    results: tuple[str, ...], *, is_green: bool
) -> None:
    """Run as the runner runs it, with what GitHub says about the jobs."""
    (step,) = WORKFLOWS["ci"]["jobs"]["ci"]["steps"]
    said = {name: {"result": one, "outputs": {}} for name, one in zip("ab", results, strict=True)}
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        env={"PATH": os.environ["PATH"], "NEEDS": json.dumps(said)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode == 0) is is_green


def test_the_checks_that_a_merge_waits_for_are_there() -> None:
    """A required check that no job bears the name of is awaited for ever, and nothing merges."""
    (asked,) = re.findall(
        r"require pull requests and the checks (.*?);", PAGE.read_text("utf-8"), re.DOTALL
    )
    jobs = {"ci", "lint"}
    for name in jobs:
        assert WORKFLOWS[name]["jobs"][name]["name"] == name
    selftest = WORKFLOWS["selftest"]["jobs"]["selftest"]
    assert selftest["name"] == "selftest (${{ matrix.runner }})"
    jobs |= {f"selftest ({runner})" for runner in selftest["strategy"]["matrix"]["runner"]}
    assert set(re.findall(r"`(.*?)`", asked)) == jobs
    for name in ("ci", "lint", "selftest"):
        assert {"pull_request", "merge_group"} <= WORKFLOWS[name][True].keys()


def test_ci_runs_what_everybody_can_run() -> None:
    """`.ci/run` and `ci` run the same two targets, on both architectures."""
    runs = {
        step["run"]
        for job in ("check", "test")
        for step in WORKFLOWS["ci"]["jobs"][job]["steps"]
        if "run" in step
    }
    assert {"make check", "make test"} <= runs
    assert "exec make check test" in (ROOT / ".ci/run").read_text("utf-8")
    runners = WORKFLOWS["ci"]["jobs"]["test"]["strategy"]["matrix"]["runner"]
    assert runners == ["ubuntu-24.04", "ubuntu-24.04-arm"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_rights_are_given_job_by_job(name: str) -> None:
    """A workflow starts with none, and two of its runs do not get in each other's way."""
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {}
    assert {"group", "cancel-in-progress"} <= workflow["concurrency"].keys()
    for line in re.findall(r"^ +[a-z-]+: write.*$", TEXTS[name], re.MULTILINE):
        assert " # " in line, f"{line.strip()}: for what?"


@pytest.mark.parametrize("job", JOBS)
def test_each_job_ends_and_keeps_no_token(job: dict[str, Any]) -> None:
    """No job hangs for hours, and none leaves a token in the checkout for what runs after it."""
    assert "permissions" in job
    assert "steps" not in job or job["timeout-minutes"] <= 45
    for step in job.get("steps", []):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", "")
        for line in step.get("run", "").splitlines():
            # Nobody asks a command in an argument whether it failed: an empty output would go on.
            assert "$(" not in line or re.match(r' *\w+="\$\(', line)


def test_only_the_release_may_write_what_users_run() -> None:
    """A pull request's workflows can change neither tags nor packages."""
    strong = {"contents", "packages", "attestations"}
    for name, workflow in WORKFLOWS.items():
        for job in workflow["jobs"].values():
            written = {key for key, value in job["permissions"].items() if value == "write"}
            assert name == "release" or not written & strong
    assert set(WORKFLOWS["release"][True]) == {"workflow_dispatch"}


def test_the_release_goes_in_the_order_that_breaks_nothing() -> None:
    """Tests, image, attestation and a try of it come before the tag that users get."""
    jobs = WORKFLOWS["release"]["jobs"]
    assert needed_by(jobs, "publish") == {"plan", "test", "build", "attest", "try"}
    assert needed_by(jobs, "try") >= {"attest"}
    assert needed_by(jobs, "attest") >= {"build", "test"}
    assert jobs["plan"]["if"] == "github.ref == 'refs/heads/main'"
    assert jobs["publish"]["environment"] == "release"
    # A second release waits for the first; none is cancelled between two of its tags.
    queue = {"group": "release", "cancel-in-progress": False}
    assert WORKFLOWS["release"]["concurrency"] == queue
    signed = [step["with"] for step in jobs["attest"]["steps"] if "attest@" in step.get("uses", "")]
    assert [one.get("sbom-path") for one in signed] == [None, "sbom-amd64.json", "sbom-arm64.json"]
    for one in signed:
        assert one["subject-name"] == "${{ needs.plan.outputs.image }}"
        assert one["subject-digest"] == "${{ steps.index.outputs.digest }}"
    verify, commit, publish = [step["run"] for step in jobs["publish"]["steps"][1:]]
    assert "gh attestation verify" in verify
    assert "release commit" in commit
    order = ["release push", "gh release create", "release major"]
    places = [publish.index(what) for what in order]
    assert places == sorted(places)
    # The workflow's own token is refused as soon as an action was updated since the last release.
    env = jobs["publish"]["steps"][-1]["env"]
    assert env["GH_TOKEN"] == "${{ secrets.RELEASE_TOKEN || github.token }}"
    assert "the secret `RELEASE_TOKEN`" in PAGE.read_text("utf-8")


def test_the_release_builds_on_the_dockerfiles_base() -> None:
    """What was tested is what is released, by the digest that its tag had."""
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    # Dependabot's own reading: an image in words, no argument.
    (base,) = re.findall(r"^FROM ([a-z0-9./-]+:\S+)", dockerfile, re.MULTILINE)
    assert "\nARG BASE=base\n" in dockerfile
    assert f"\nFROM {base} AS base\n" in dockerfile
    assert f"BASE: {base}\n" in TEXTS["release"]
    assert "BASE=${{ needs.plan.outputs.base }}" in TEXTS["release"]
    assert f"docker pull --quiet {base}\n" in TEXTS["ci"]
    assert base == BASE_IMAGE


def test_dependabot_waits_and_reads_every_pin() -> None:
    """New versions come by themselves, after others had time to find what is wrong with them."""
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text("utf-8"))["updates"]
    assert {one["package-ecosystem"] for one in updates} >= {"pip", "docker", "github-actions"}
    assert all(one["cooldown"]["default-days"] >= 7 for one in updates)
    files = [path for path in ROOT.iterdir() if path.is_file()]
    pinned = [path for path in files if b"--hash=sha256:" in path.read_bytes()]
    # Dependabot and GitHub's dependency graph look at names that end so, and at no others.
    assert {path.name for path in pinned} == {
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-audit.txt",
    }


def test_what_the_audit_passes_over_has_a_reason() -> None:
    """No known vulnerability is ignored without a word why."""
    for line in (ROOT / "release/audit.txt").read_text("utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Z][A-Za-z0-9-]+ \S.{20,}", line), line
