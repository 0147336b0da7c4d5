"""The mutation runner: which changes it makes, what it complains about, and that its list is true."""

from __future__ import annotations

import ast
import re
import signal
import subprocess
import sys

import pytest

from tests.mutation.changes import changes_of
from tests.mutation.mutants import Mutant, find_mutants
from tests.mutation.scope import MODULES, ROOT, files_about, path_of
from tests.mutation.survivors import (
    GOAL,
    Reason,
    Score,
    find_complaints,
    read_reasons,
    render_page,
)
from tests.mutation.trials import Fate, fate_of

REASONS = read_reasons((ROOT / "tests/mutation/reasons.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("a < b <= c", {"a <= b <= c", "a < b < c"}),
        ("a and b and c", {"(a or b) and c", "a and b or c"}),
        ("not a", {"not not a"}),
        ("a + 1", {"a - 1", "a + 2"}),
        ("'x'", {"'XXxXX'"}),
        ("f'{a}'", {"f'XX{a}XX'"}),
        ("True", {"False"}),
        ("None", set()),
        ("f(a)", {"f(None)"}),
        ("f(a, *b)", {"f(None, *b)", "f(*b)", "f(a)"}),
        ("f(a, b=c)", {"f(None, b=c)", "f(b=c)", "f(a, b=None)", "f(a)"}),
        ("a.find(b)", {"a.rfind(b)", "a.find(None)"}),
        ("len(a)", set()),
        ("lambda: a", {"lambda: None"}),
        ("a if b else c", {"a if b and False else c", "a if b or True else c"}),
        ("[a for a in b if c]", {"[a for a in b if c and False]", "[a for a in b if c or True]"}),
        ("{a: b, c: d}", {"{a: b}", "{c: d}"}),
        ("{a, b}", {"{a}", "{b}"}),
        ("a in (b, c)", {"a not in (b, c)", "a in (b,)", "a in (c,)"}),
    ],
)
def test_each_small_change_of_an_expression_is_made(code: str, changed: set[str]) -> None:
    """The operators of mutmut, and entries and branches left out."""
    found = set()
    for node in ast.walk(tree := ast.parse(code, mode="eval")):
        parents = [one for one in ast.walk(tree) if node in ast.iter_child_nodes(one)]
        for change in changes_of((*parents, node), in_function=True):
            before = {**vars(change.node)}
            vars(change.node).update(change.fields)
            found.add(ast.unparse(tree))
            vars(change.node).update(before)
    assert found == changed


def test_every_mutant_is_a_program_of_its_own() -> None:
    """Each is valid, differs from the module, and is told apart by its name."""
    mutants = find_mutants("ruling")
    module = ast.unparse(ast.parse(path_of("ruling").read_text("utf-8")))
    texts = {mutant.text for mutant in mutants}
    assert module not in {ast.unparse(ast.parse(text)) for text in texts}
    assert len(texts) == len({mutant.name for mutant in mutants}) == len(mutants) > 50


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_its_tests(module: str) -> None:
    """A module that is measured exists, and some tests are about it."""
    assert path_of(module).is_file()
    assert [*files_about(module)]


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (pytest.ExitCode.OK << 8, Fate.SURVIVED),
        (pytest.ExitCode.NO_TESTS_COLLECTED << 8, Fate.SURVIVED),
        (pytest.ExitCode.TESTS_FAILED << 8, Fate.KILLED),
        (pytest.ExitCode.INTERRUPTED << 8, Fate.KILLED),
        (pytest.ExitCode.INTERNAL_ERROR << 8, Fate.CRASHED),
        (70 << 8, Fate.CRASHED),
        (signal.SIGXCPU, Fate.STUCK),
        (signal.SIGSEGV, Fate.CRASHED),
    ],
)
def test_a_trial_is_survived_only_where_no_test_objects(status: int, fate: Fate) -> None:
    """A trial that breaks down or uses up its limits is noticed, and no reason to stop."""
    assert fate_of(status) is fate


def make_score(killed: int, *survivors: str) -> Score:
    """Return a score with survivors of these names."""
    names = [(f"k{number}", Fate.KILLED) for number in range(killed)]
    fates = [*names, *((name, Fate.SURVIVED) for name in survivors)]
    return Score("text", [(Mutant("text", "f", "f", name, "b", ""), fate) for name, fate in fates])


NAMED = Reason("text", "Equal.", ("f: s → b",))


@pytest.mark.parametrize(
    ("score", "reasons", "complaints"),
    [
        pytest.param(make_score(9, "s"), [NAMED], [], id="good"),
        pytest.param(make_score(8, "s"), [NAMED], ["text: 88.9 % is below 90 %"], id="low"),
        pytest.param(make_score(9, "s"), [], ["text: no reason for: f: s → b"], id="no reason"),
        pytest.param(
            make_score(9), [NAMED], ["text: a reason, but no survivor: f: s → b"], id="stale"
        ),
        pytest.param(
            make_score(9, "s"), [NAMED, NAMED], ["text: 2 reasons for: f: s → b"], id="twice"
        ),
        pytest.param(make_score(0), [], [], id="nothing to notice"),
    ],
)
def test_a_run_is_red_for_each_of_these(
    score: Score, reasons: list[Reason], complaints: list[str]
) -> None:
    """A score below the goal, a survivor without a reason, a reason without a survivor."""
    assert [*find_complaints([score], reasons)] == complaints


def test_the_page_shows_scores_and_survivors() -> None:
    """What was measured, and each survivor below its reason."""
    page = render_page([make_score(9, "s", "new")], [NAMED])
    assert "| `text` | 11 | 9 | 2 | 81.8 % |" in page
    assert "\nEqual.\n\n```diff\n@@ f @@\n-s\n+b\n```\n\n**No reason yet.**\n" in page


def test_every_reason_names_a_change_that_is_still_made() -> None:
    """Who changes a line that a reason is about measures the module anew."""
    named = {(reason.module, name) for reason in REASONS for name in reason.mutants}
    made = {
        (module, mutant.name)
        for module in {reason.module for reason in REASONS}
        for mutant in find_mutants(module)
    }
    assert named <= made


def test_the_page_is_of_these_modules_and_reasons() -> None:
    """Who changes the list of modules, or a reason, measures anew: `make mutation`."""
    page = (ROOT / "docs/mutation.md").read_text("utf-8")
    scores = re.findall(r"^\| `(\w+)` .* \| ([\d.]+) % \|$", page, re.MULTILINE)
    assert [module for module, _ in scores] == [*MODULES]
    assert all(float(score) >= GOAL for _, score in scores)
    assert "No reason yet" not in page
    assert set(re.findall(r"\n\n([^\n]+)\n\n```diff", page)) == {one.because for one in REASONS}


@pytest.mark.timeout(600)  # a pytest session in a pytest session, and a fork for each change
def test_a_trial_tells_what_is_noticed() -> None:
    """One function of the product is changed in every way, in a run as a person starts it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutation", "--processes", "1", "finding._age"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1].endswith("100.0 %"), done.stdout
