"""The simulated GitHub's objects have what GitHub's own API description requires of them."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
import requests
import yaml
from jsonschema import Draft202012Validator, ValidationError

from simulator import GITHUB_TOKEN, Simulation

PLACE = "/repos/octo-org/octo-repo"


@cache
def load() -> Mapping[str, object]:
    """Load the excerpt."""
    path = Path(__file__).with_name("github_rest_excerpt.yaml")
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def as_schema(kind: object) -> dict[str, object]:
    """Return the JSON Schema of one entry of the excerpt."""
    if isinstance(kind, Mapping):
        properties = {name: as_schema(inner) for name, inner in kind.items()}
        return {"type": "object", "required": list(kind), "properties": properties}
    name = str(kind).removesuffix("?")
    schema: dict[str, object] = {"type": name}
    if name.startswith("$"):
        schema = as_schema(load()[name[1:]])
    return {"anyOf": [schema, {"type": "null"}]} if str(kind).endswith("?") else schema


def check(value: object, name: str) -> None:
    """Raise ``ValidationError`` unless the value has what the named schema requires."""
    Draft202012Validator(as_schema(f"${name}")).validate(value)


@pytest.fixture
def sim() -> Iterator[Simulation]:
    """Serve one pull request with one comment."""
    with Simulation() as simulation:
        simulation.github.add_pull(12)
        simulation.github.add_comment(12, "hello")
        yield simulation
        assert simulation.leftovers() == []


def ask(sim: Simulation, method: str, path: str, body: object = None) -> requests.Response:
    """Send one request with the workflow's token."""
    headers = {"Authorization": f"Bearer {GITHUB_TOKEN}"}
    return requests.request(method, sim.github.url + path, headers=headers, json=body, timeout=5)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (PLACE, "full-repository"),
        (f"{PLACE}/pulls/12", "pull-request"),
        (f"{PLACE}/issues/comments/1000000001", "issue-comment"),
    ],
)
def test_an_object_has_everything_that_is_required(sim: Simulation, path: str, name: str) -> None:
    """Each required property is there, with the described type."""
    check(ask(sim, "GET", path).json(), name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{PLACE}/commits/{'a' * 40}/pulls", "pull-request-simple"),
        (f"{PLACE}/issues/12/comments", "issue-comment"),
    ],
)
def test_a_list_holds_whole_objects(sim: Simulation, path: str, name: str) -> None:
    """Lists are as strict as single objects."""
    (item,) = ask(sim, "GET", path).json()
    check(item, name)


def test_a_merged_pull_is_described_too(sim: Simulation) -> None:
    """Merged and closed, it has who and when."""
    sim.github.edit_pull(12, state="closed", merged=True)
    pull = ask(sim, "GET", f"{PLACE}/pulls/12").json()
    check(pull, "pull-request")
    assert pull["merged_by"]["login"] == "octocat"
    assert pull["merged_at"] == pull["closed_at"] == "2026-01-05T09:00:00Z"


def test_what_is_written_comes_back_whole(sim: Simulation) -> None:
    """A created comment, 201, and an edited one, 200."""
    created = ask(sim, "POST", f"{PLACE}/issues/12/comments", {"body": "x"})
    assert created.status_code == 201
    check(created.json(), "issue-comment")
    assert created.headers["Location"] == created.json()["url"]
    edited = ask(sim, "PATCH", f"{PLACE}/issues/comments/{created.json()['id']}", {"body": "y"})
    assert edited.status_code == 200
    check(edited.json(), "issue-comment")
    gone = ask(sim, "DELETE", f"{PLACE}/issues/comments/{created.json()['id']}")
    assert (gone.status_code, gone.content) == (204, b"")


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", f"{PLACE}/pulls/99", None, 404),
        ("GET", "/user", None, 403),
        ("POST", f"{PLACE}/issues/12/comments", {"body": ""}, 422),
        ("POST", f"{PLACE}/issues/12/comments", [], 400),
    ],
)
def test_an_error_is_described_too(
    sim: Simulation, method: str, path: str, body: object, code: int
) -> None:
    """Message, documentation and the status as a string."""
    answer = ask(sim, method, path, body)
    assert answer.status_code == code
    check(answer.json(), "basic-error")
    assert answer.json()["status"] == str(code)


@pytest.mark.parametrize("name", ["id", "user", "body"])
def test_the_excerpt_refuses_what_is_not_whole(sim: Simulation, name: str) -> None:
    """A missing property and one of another type are both seen."""
    whole = ask(sim, "GET", f"{PLACE}/issues/comments/1000000001").json()
    with pytest.raises(ValidationError):
        check({key: value for key, value in whole.items() if key != name}, "issue-comment")
    with pytest.raises(ValidationError):
        check({**whole, name: 1.5}, "issue-comment")
