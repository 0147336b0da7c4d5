"""The layers hold: who may import whom, and how long functions and modules may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted((ROOT / "entrypoint").rglob("*.py"))
SIMULATOR = sorted((ROOT / "simulator").rglob("*.py"))
DEMO = sorted((ROOT / "demo").rglob("*.py"))
OTHERS = [path for own in ("release", "bench") for path in (ROOT / own).rglob("*.py")]
OURS = [*PRODUCT, *SIMULATOR, *DEMO, *sorted(OTHERS)]
MAX_MODULE_LINES = 260
MAX_FUNCTION_LINES = 40
NO_INPUT_OR_OUTPUT = frozenset(
    [
        "argparse",
        "asyncio",
        "http",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "ssl",
        "subprocess",
        "sys",
        "tempfile",
        "threading",
        "time",
        "urllib.request",
    ]
)
MAY_IMPORT = {
    "core": {"core", "errors"},
    "errors": set(),
    "adapters": {"core", "errors"},
    "world": {"core"},
    "failures": {"core", "world"},
    "asking": {"core", "errors", "world", "failures"},
    "commenting": {"core", "errors", "world"},
    "watch": {"core", "errors", "world", "commenting", "failures", "repairing"},
    "repairing": {"core", "errors", "world", "failures"},
    "tell": {"core", "errors", "world", "commenting", "ending"},
    "ending": {"core", "errors", "world", "asking"},
    "seeking": {"core", "errors", "world", "asking", "ending"},
    "judging": {"core", "world"},
    "check": {"core", "world"},
    "following": {"core", "errors", "world", "asking", "commenting", "seeking", "watch"},
    "base_files": {"core", "world", "asking"},
    "preparing": {"core", "errors", "world", "asking", "base_files"},
    "run": {
        "asking",
        "commenting",
        "core",
        "errors",
        "following",
        "judging",
        "preparing",
        "seeking",
        "world",
    },
    "post": {"core", "errors", "world", "asking", "commenting", "ending", "preparing"},
    "command_line": {"adapters", "check", "core", "errors", "world"},
    "__main__": {
        "__init__",
        "adapters",
        "command_line",
        "commenting",
        "core",
        "errors",
        "post",
        "run",
        "tell",
        "world",
    },
    "__init__": set(),
    "post_start": {"__main__"},
}
"""What each part of `entrypoint` may import of it; an adapter may also import its fellows."""


def name_of(path: Path) -> str:
    """Return a module's path below the repository, for the test's id."""
    return str(path.relative_to(ROOT))


def imports_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each imported (module, name) of a file, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}: relative import"
            yield from ((node.module or "", alias.name) for alias in node.names)


def part_of(module: str, name: str) -> str | None:
    """Return the part of `entrypoint` that an import names, `None` for one from elsewhere."""
    steps = module.split(".")
    if steps[0] != "entrypoint":
        return None
    if len(steps) > 1:
        return steps[1]
    return name if name in MAY_IMPORT else "__init__"


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_each_part_imports_only_what_it_may(path: Path) -> None:
    """A reader finds the world in `adapters`, decisions in `core`, and nothing the wrong way."""
    inside = path.relative_to(ROOT / "entrypoint")
    own = inside.parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[own] | ({own} if len(inside.parts) > 1 else set())
    named = {part for module, name in imports_of(path) if (part := part_of(module, name))}
    assert named <= allowed


@pytest.mark.parametrize("path", sorted((ROOT / "entrypoint/core").glob("*.py")), ids=name_of)
def test_the_core_does_no_input_or_output(path: Path) -> None:
    """A decision depends on its arguments alone."""
    for module, _ in imports_of(path):
        first = module.split(".")[0]
        assert module not in NO_INPUT_OR_OUTPUT
        assert first not in NO_INPUT_OR_OUTPUT
        assert first not in {"requests", "github", "urllib3"}


@pytest.mark.parametrize("path", SIMULATOR, ids=name_of)
def test_the_simulator_knows_nothing_of_the_action(path: Path) -> None:
    """What the fakes answer cannot be bent by the code that they test."""
    known = {module.split(".")[0] for module, _ in imports_of(path)}
    assert not known & {"entrypoint", "demo"}


@pytest.mark.parametrize("path", DEMO, ids=name_of)
def test_the_demo_starts_the_action_in_one_place(path: Path) -> None:
    """Everything else of the demo shows what it left behind, as a person would see it."""
    known = {module.split(".")[0] for module, _ in imports_of(path)}
    assert "entrypoint" not in known or path.name == "__main__.py"


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_the_product_knows_nothing_of_its_tests(path: Path) -> None:
    """The image holds `entrypoint` alone."""
    known = {module.split(".")[0] for module, _ in imports_of(path)}
    assert not known & {"simulator", "demo", "tests"}


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_modules_and_functions_stay_short(path: Path) -> None:
    """Each function fits on a screen, each module is read at a sitting."""
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MAX_MODULE_LINES
    long = {
        node.name: length
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
    }
    assert not long


def test_only_a_root_catches_everything() -> None:
    """A bug cannot be swallowed on its way to the one place that turns it red."""
    for path in PRODUCT:
        if path.name in ("__main__.py", "command_line.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                assert caught not in {"", "Exception", "BaseException"}, name_of(path)


def test_no_import_cycle() -> None:
    """Every module can be read before those that use it."""
    graph = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): {
            target
            for module, name in imports_of(path)
            for target in (module, f"{module}.{name}")
            if target.startswith("entrypoint")
        }
        for path in PRODUCT
    }
    done: set[str] = set()
    while ready := [name for name in graph.keys() - done if graph[name] & graph.keys() <= done]:
        done |= set(ready)
    assert graph.keys() == done
