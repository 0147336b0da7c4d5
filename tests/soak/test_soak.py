"""Six hours of one run in trouble: what the program holds does not grow with the time."""

from __future__ import annotations

import os
from typing import Final

import pytest

from tests.soak.soaking import HOURS, Soak, soak

MESSAGES: Final = int(os.environ.get("SOAK_MESSAGES", "200"))
"""How much Devin says; the more, the surer and the longer."""
NOISE: Final = 64 * 1024
"""Bytes that a run may hold more at one moment than at another without a reason of ours."""

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("soak")]


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> Soak:
    """Return what six hours left behind."""
    return soak(tmp_path_factory.mktemp("soak"), MESSAGES)


def test_the_run_ends_as_it_should(soaked: Soak) -> None:
    """A fifth of all answers spoilt, and the answer after six hours still counts."""
    assert (soaked.exit_code, soaked.leftovers) == (0, []), soaked.log[-3_000:]
    assert soaked.log.rstrip().endswith("satisfies the schema.")


@pytest.mark.parametrize("held", ["kept", "peak", "resident"])
def test_memory_does_not_grow_with_the_time(soaked: Soak, held: str) -> None:
    """At each of the hours 1 to 5, which show the same answer, the process is as big."""
    first, *others = (sample[held] for sample in soaked.samples[1:6])
    # What malloc keeps for later is not the program's; of what the program keeps, all counts.
    bound = 1.1 if held == "resident" else 1.01
    assert max(others) <= first * bound + NOISE, soaked.samples


def test_memory_follows_the_answer(soaked: Soak) -> None:
    """Twice the messages take about twice the memory, although there were six times the looks."""
    loaded, first, *_, last, _ = (sample["kept"] for sample in soaked.samples)
    assert first - loaded > NOISE, "the messages are seen at all"
    assert last - loaded <= 2.2 * (first - loaded) + NOISE, soaked.samples


def test_nothing_stays_open(soaked: Soak) -> None:
    """No look, comment or broken connection leaves a descriptor or a thread behind."""
    loaded, *others = soaked.samples
    assert max(sample["descriptors"] for sample in others) <= loaded["descriptors"] + 1, others
    assert {sample["threads"] for sample in soaked.samples} == {1}


def test_requests_are_even_and_few(soaked: Soak) -> None:
    """About two looks a minute at most, and no hour is busier than the others."""
    hours = [soaked.requests_of(hour) for hour in range(1, HOURS)]
    assert max(hours) <= 1.25 * min(hours), hours
    assert len(soaked.devin) <= HOURS * 60 * 2 * 1.5, len(soaked.devin)
    assert len(soaked.github) <= 20 * HOURS, len(soaked.github)
