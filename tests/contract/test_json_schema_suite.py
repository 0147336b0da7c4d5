"""The official JSON-Schema-Test-Suite, as jsonschema's own source distribution carries it.

Run twice: through the validator as the gate sets it up, below the gate's own strictness; and, as
schemas alone, through the strict reader, whose refusals are counted by their kind. What deviates
stands in the tables, each with its reason.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from entrypoint.core.documents import DocumentError
from entrypoint.core.drafts import make_validator
from entrypoint.core.formats import formats_of
from entrypoint.core.schema import _LIBRARY_ERRORS, read_schema
from tests.unit.builders import make_session

SUITE = Path(sys.prefix) / f"sources/jsonschema-{version('jsonschema')}/json/tests"
DRAFTS = {
    "draft3": "http://json-schema.org/draft-03/schema#",
    "draft4": "http://json-schema.org/draft-04/schema#",
    "draft6": "http://json-schema.org/draft-06/schema#",
    "draft7": "http://json-schema.org/draft-07/schema#",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

NOT_FETCHED = "error: the schema lies elsewhere, and nothing is fetched"
OTHER_DRAFT = "error: the schema is of a draft of its own, which nobody here knows"
PROPERTY = "error: Python has no Unicode properties such as `\\p{Letter}`"
ASSERTED = "red: a format decides here, where the draft leaves that to whoever reads it"
LEAP_SECOND = "red: the library that reads times knows no leap seconds"
CONTENT = "green: `contentEncoding` and `contentMediaType` are notes, as in all drafts after 7"

DEVIATIONS: dict[str, dict[str, tuple[int, str]]] = {
    "draft3": {"refRemote": (8, NOT_FETCHED)},
    "draft4": {"refRemote": (17, NOT_FETCHED)},
    "draft6": {"refRemote": (23, NOT_FETCHED)},
    "draft7": {"refRemote": (23, NOT_FETCHED)},
    "draft2019-09": {"refRemote": (31, NOT_FETCHED), "vocabulary": (5, OTHER_DRAFT)},
    "draft2020-12": {
        "dynamicRef": (13, NOT_FETCHED),
        "format": (17, ASSERTED),
        "refRemote": (31, NOT_FETCHED),
        "vocabulary": (5, OTHER_DRAFT),
    },
    "draft7/optional": {
        "content": (4, CONTENT),
        "cross-draft": (2, NOT_FETCHED),
        "ecmascript-regex": (14, PROPERTY),
    },
    "draft7/optional/format": {"date-time": (2, LEAP_SECOND), "time": (6, LEAP_SECOND)},
    "draft2020-12/optional/format": {"date-time": (2, LEAP_SECOND), "time": (6, LEAP_SECOND)},
}
"""By folder and file: how many tests end otherwise than the suite has it, how, and why.

An `error` is a schema that is refused before anything is spent, or an output that breaks it.
"""
TESTS = {
    "draft3": 435,
    "draft4": 610,
    "draft6": 829,
    "draft7": 913,
    "draft2019-09": 1227,
    "draft2020-12": 1257,
    "draft7/optional": 118,
    "draft7/optional/format": 399,
    "draft2020-12/optional/format": 456,
}
"""How many tests there are, so that none goes missing unseen."""

REFUSED = {
    "lets a text, number or null through": 130,
    "lets `{}` through": 52,
    "leads nowhere inside the schema": 14,
    "means nothing without": 10,
    "cannot be checked and would let everything through": 5,
    "names a Unicode property": 4,
    "must be an object": 2,
    "this draft ignores": 1,
    "is not one of this draft": 1,
}
"""Why the strict reader refuses schemas of the suite's draft 7, and how many; it takes the rest.

Most of them say something of one keyword alone, which makes a test and no gate.
"""
TAKEN = 92

UNCHECKED_FORMATS = {"iri", "iri-reference", "unknown"}
"""What the strict reader refuses up front, since nothing checks it (`unknown` is the suite's joke)."""


def files(folder: str) -> list[Path]:
    """Return the files of a part of the suite."""
    assert SUITE.is_dir(), "the suite is not there: make .venv/ready"
    return sorted((SUITE / folder).glob("*.json"))


def cases_of(path: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Yield each schema of a file, with the draft of its folder named, and its tests."""
    draft = DRAFTS[path.relative_to(SUITE).parts[0]]
    for case in json.loads(path.read_text("utf-8")):
        schema = case["schema"]
        if isinstance(schema, bool):  # at the root only objects are read
            schema = {"allOf": [schema]}
        yield {"$schema": draft} | schema, case["tests"]


def end_of(schema: dict[str, Any], data: Any) -> str:  # noqa: ANN401 - any JSON
    """Return how a validation ends: green, red, or not at all."""
    try:
        return "green" if make_validator(schema).is_valid(data) else "red"
    except (DocumentError, *_LIBRARY_ERRORS):
        return "error"


@pytest.mark.parametrize("folder", DEVIATIONS)
def test_the_validator_says_what_the_suite_says(folder: str) -> None:
    """Each deviation of the validator, as the gate sets it up, is known and has its reason."""
    found: Counter[tuple[str, str]] = Counter()
    count = 0
    for path in files(folder):
        if path.stem in UNCHECKED_FORMATS:
            continue
        for schema, tests in cases_of(path):
            count += len(tests)
            for test in tests:
                end = end_of(schema, test["data"])
                if end != ("green" if test["valid"] else "red"):
                    found[path.stem, end] += 1
    assert found == {
        (name, reason.partition(":")[0]): number
        for name, (number, reason) in DEVIATIONS[folder].items()
    }
    assert count == TESTS[folder]


def test_the_strict_reader_refuses_by_known_reasons() -> None:
    """Which schemas are refused, and why, does not change unseen; those that are taken decide."""
    why: Counter[str] = Counter()
    for folder in ("draft7", "draft7/optional", "draft7/optional/format"):
        for path in files(folder):
            for case in json.loads(path.read_text("utf-8")):
                why[kind_of_refusal(case)] += 1
    assert why == REFUSED | {"": TAKEN}


def kind_of_refusal(case: dict[str, Any]) -> str:
    """Return why a schema is refused, nothing where it is taken and judges as the suite does."""
    try:
        schema = read_schema(json.dumps(case["schema"]))
    except DocumentError as error:
        [kind] = [kind for kind in REFUSED if kind in str(error)]
        return kind
    for test in case["tests"]:
        if test["data"] is not None:  # that would be no output at all
            found = schema.find_violations(make_session(output=test["data"]))
            assert (found == ()) is test["valid"], (case["description"], test["description"])
    return ""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", " "], ids=repr)
def test_nothing_may_follow_a_format(end: str) -> None:
    """Where a library's pattern ends in `$`, a line break after the value is refused all the same."""
    formats = formats_of(Draft7Validator)
    for path in files("draft7/optional/format"):
        if path.stem in UNCHECKED_FORMATS | {"json-pointer", "relative-json-pointer", "regex"}:
            continue
        for schema, tests in cases_of(path):
            for test in tests:
                if isinstance(test["data"], str):
                    assert not formats.conforms(test["data"] + end, schema["format"]), test


def test_the_page_tells_every_deviation() -> None:
    """`docs/schema.md` says what a reader of the standard would not expect."""
    page = " ".join((Path(__file__).parents[2] / "docs/schema.md").read_text("utf-8").split())
    for folder, files_of in DEVIATIONS.items():
        for name, (number, reason) in files_of.items():
            assert f"| {folder} | {name} | {number} | {reason} |" in page
