"""What a run costs in requests, one alone and many at once, and what the page says of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.image import Weighed
from bench.many import DEVIN_A_SECOND, Many, run_many
from bench.noticing import compare as compare_policies
from bench.page import Measured, render
from bench.paired import ENOUGH_PAIRS, FEWEST_PAIRS, Ratio, compare
from bench.running import Held, Ran
from bench.start import Started
from simulator import Simulation
from tests.scenarios.world import GOOD, Gate, blocked, working


def test_one_run_asks_github_six_times(tmp_path: Path) -> None:
    """Make the comment and end it, and look whether the pull request has moved."""
    (tmp_path / "workspace").mkdir()
    with Simulation() as sim:
        gate = Gate(sim, tmp_path)
        gate.on_pull_request()
        gate.devin_does(working(), blocked(600, GOOD))
        run = gate.run()
    assert run.outcome == "passed"
    assert len(run.github) <= 6
    # To find, to create, to look for a race, and again before the verdict; the rest are looks.
    assert len(run.devin) - len([one for one in run.devin if one.path.count("/") > 2]) <= 4
    assert len(run.devin) <= 4 + 33 + 2


@pytest.mark.timeout(300)
def test_many_runs_at_once_all_end_right() -> None:
    """Against a Devin that refuses what is too much, nothing is made twice, nothing is lost."""
    watchers = 3 * DEVIN_A_SECOND
    many = run_many(watchers)
    assert many.outcomes == {"passed": watchers}
    assert many.creates == watchers
    assert many.comments == {1: watchers}
    assert many.told == watchers
    assert many.github_a_run <= 6
    assert many.devin[429] > 0, "the limit was reached at all"
    assert many.p95_lag_s <= 60


@pytest.mark.parametrize(("count", "rank"), [(5, 0), (6, 0), (9, 1), (30, 9), (40, 13)])
def test_the_interval_is_the_binomial_distributions(count: int, rank: int) -> None:
    """As the tables of the sign test have it: of 30 ratios the 10th and the 21st."""
    ratios = [float(number) for number in range(1, count + 1)]
    found = compare(ratios, [1.0] * count)
    assert (found.low, found.high) == (ratios[rank], ratios[-1 - rank])


def test_a_ratio_is_red_only_when_it_surely_is() -> None:
    """Noise on a busy machine, or too few pairs, make no build red."""
    assert Ratio(1.6, 1.51, 1.7, ENOUGH_PAIRS).is_above(1.5)
    assert not Ratio(1.6, 1.49, 1.7, ENOUGH_PAIRS).is_above(1.5)
    assert not Ratio(1.6, 1.51, 1.7, ENOUGH_PAIRS - 1).is_above(1.5)


def test_few_pairs_are_told() -> None:
    """Five ratios have no 95% interval, and six are not thirty: whoever reads it is told."""
    assert (
        str(compare([2.0] * FEWEST_PAIRS, [1.0] * FEWEST_PAIRS)) == "2.00 (2.00 to 2.00, 6 pairs)"
    )
    assert 2 * 0.5**FEWEST_PAIRS <= 0.05 < 2 * 0.5 ** (FEWEST_PAIRS - 1)
    assert str(Ratio(1.6, 1.49, 1.7, ENOUGH_PAIRS)) == "1.60 (1.49 to 1.70)"


def test_the_page_says_what_was_measured() -> None:
    """Every table is there, and only a missed aim is told as one."""
    good, bad = Ratio(1.2, 1.1, 1.3, 30), Ratio(2.5, 2.4, 2.6, 30)
    github = ("pygithub", "pynacl", "cffi", "pycparser", "pyjwt")
    formats = ("fqdn", "jsonpointer", "six", "uri-template", "webcolors")
    weights = (*github, *formats, "rfc3339-validator", "rfc3986-validator")
    measured = Measured(
        started=Started(good, bad, good, good, (("requests", 12, 0.4),)),
        ran=Ran(good, 6.1, 6, 6),
        held=Held(60.0, 30.0, (50.0, 51.0)),
        noticed=compare_policies((60,)),
        many=Many(
            watchers=2,
            outcomes=Counter(passed=2),
            creates=2,
            comments=Counter({1: 2}),
            told=1,
            github=Counter({200: 12}),
            devin=Counter({200: 20, 429: 3}),
            lags_s=(10.0, 20.0),
            load=(12, 11),
        ),
        weighed=Weighed(
            34_000_000, (("COPY", 34_000_000),), tuple((name, 10, 10) for name in weights)
        ),
        pairs=30,
        machine=(("processors", "2"),),
    )
    page = render(measured)
    assert measured.misses == ["start with a schema: 2.50 (2.40 to 2.60), aim 2.2"]
    assert "| 1 min | 5.7, " in page
    assert "| GitHub's requests for each run | 6.0 (aim: at most 6) |" in page
    assert "| comments that tell the end | 1; GitHub's hour was used up for" in page
    assert "34.0 MB over its base" in page
