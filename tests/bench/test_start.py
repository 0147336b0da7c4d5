"""What is imported before Devin is asked: a count that no machine's speed changes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from entrypoint.core.handover import State
from entrypoint.post_start import FINISHED
from simulator import Simulation
from tests.scenarios.world import Gate

ROOT: Final = Path(__file__).resolve().parents[2]
WITH_REQUESTS: Final = {"certifi", "charset_normalizer", "idna", "requests", "urllib3"}
WITH_SCHEMA: Final = {
    *("attr", "attrs", "jsonschema", "jsonschema_specifications", "referencing", "rpds"),
    # What jsonschema imports for its formats, and typing_extensions for referencing.
    *("fqdn", "jsonpointer", "rfc3339_validator", "rfc3986_validator", "six"),
    *("typing_extensions", "uri_template", "webcolors"),
}
LATE: Final = {f"entrypoint.{name}" for name in ("core.report", "judging", "tell", "watch")}


def imported(code: str, environ: dict[str, str], until_asked: socket.socket | None) -> list[str]:
    """Return the modules that Python imports until it asks, or ends."""
    code = f"import sys; sys.path.append({str(ROOT)!r}); {code}"
    command = [sys.executable, "-I", "-X", "importtime", "-c", code]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        if until_asked:
            connection, _ = until_asked.accept()
            with connection:
                connection.recv(1)
                process.kill()
        _, said = process.communicate(timeout=60)
    return re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", said, re.MULTILINE)


def imported_before_asking(folder: Path, **inputs: str) -> list[str]:
    """Return what a run has imported when its first request to Devin arrives."""
    (folder / "workspace").mkdir()
    (folder / "run-1").mkdir()
    with Simulation() as sim, socket.create_server(("127.0.0.1", 0)) as server:
        gate = Gate(sim, folder)
        gate.on_pull_request()
        environ = gate._environ(folder / "run-1", 1, {"prompt": "Review this.", **inputs})
        environ["INPUT_DEVIN_API_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}"
        run = "import runpy; runpy.run_module('entrypoint', run_name='__main__')"
        return imported(run, {**environ, "PATH": os.environ["PATH"]}, server)


def foreign(modules: list[str]) -> set[str]:
    """Return the packages that are neither Python's nor ours; what is not there was only tried."""
    every = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    names = {name for name in every if not name.startswith("_") and find_spec(name)}
    return names - {"entrypoint", "sitecustomize", "apport_python_hook"}


@pytest.mark.parametrize(
    ("schema", "packages", "most"),
    [
        (None, WITH_REQUESTS, 345),
        ('{"type": "object", "required": ["risk"]}', WITH_REQUESTS | WITH_SCHEMA, 450),
        ("type: object\nrequired: [risk]", {*WITH_REQUESTS, *WITH_SCHEMA, "yaml"}, 470),
    ],
    ids=["no schema", "JSON", "YAML"],
)
def test_only_what_the_first_request_needs_is_imported(
    tmp_path: Path, schema: str | None, packages: set[str], most: int
) -> None:
    """PyGithub, CEL, YAML and, without a schema, its validator come later or never."""
    inputs = {"structured_output_schema": schema} if schema else {}
    modules = imported_before_asking(tmp_path, **inputs)
    assert foreign(modules) == packages
    assert not LATE & set(modules)
    assert len(modules) <= most


def test_a_post_step_with_nothing_to_do_imports_one_module() -> None:
    """Every job of every user waits for it."""
    start = "from entrypoint.post_start import start; sys.exit(start())"
    nothing = imported("pass", {}, None)
    modules = imported(start, {FINISHED: "true"}, None)
    assert {name for name in set(modules) - set(nothing) if "entrypoint" in name} == {
        "entrypoint",
        "entrypoint.post_start",
    }
    assert len(set(modules) - set(nothing)) == 2


def test_the_name_is_what_the_main_step_saves() -> None:
    """The runner hands state on as `STATE_` and its name."""
    assert f"STATE_{State.FINISHED}" == FINISHED
