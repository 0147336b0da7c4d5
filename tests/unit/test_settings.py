"""The inputs as a whole: what must be there, what must not, and everything told at once."""

from __future__ import annotations

import pytest

from entrypoint.core.documents import DocumentError, Json
from entrypoint.core.inputs import INPUTS
from entrypoint.core.settings import Settings, named_files, parse_settings, read_inputs
from entrypoint.errors import InputError, Problem
from tests.unit.builders import (
    API_KEY,
    RISK_SCHEMA,
    TOKEN,
    environ_of,
    make_settings,
    parse,
    required,
)

TABLE = {item.name: item for item in INPUTS}
TAGS_47 = "\n".join(f"t{n}" for n in range(47))
TAGS = tuple(f"t{n}" for n in range(47))


def problems_of(**inputs: str) -> tuple[Problem, ...]:
    """Return the problems of a step with these inputs besides the required ones."""
    return parse(required(**inputs))[1]


def test_all_problems_are_told_at_once() -> None:
    """One run of the workflow shows everything that is wrong, in the order of the documentation."""
    _, problems = parse(
        {
            "timeout_minutes": "x",
            "tags": "devin-gate:x",
            "pompt": "x",
            "comment": "z",
            "matrix": "[",
        }
    )
    assert [problem.name for problem in problems] == [
        "devin_api_key",
        "prompt",
        "tags",
        "timeout_minutes",
        "comment",
        "matrix",
        "pompt",
    ]
    error = InputError(problems)
    assert str(error) == (
        "7 inputs are wrong (`devin_api_key`, `prompt`, `tags`, `timeout_minutes`, "
        "`comment`, `matrix`, `pompt`); nothing was asked of Devin."
    )
    assert error.remedy
    assert str(InputError(problems[:1])).startswith("`devin_api_key`: got nothing usable")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("structured_output_shema", "structured_output_schema"),
        ("timeout_minute", "timeout_minutes"),
        ("max-acu-limit", "max_acu_limit"),
        ("allowed_outcomes", "allow_outcomes"),
    ],
)
@pytest.mark.parametrize("value", ["x", ""], ids=["set", "empty"])
def test_a_mistyped_input_is_found(name: str, near: str, value: str) -> None:
    """A typo in an input's name does not open the gate: it is an error with the nearest name."""
    (problem,) = problems_of(**{name: value})
    assert problem.name == name
    assert "does not exist" in problem.got
    assert f"`{near}`" in problem.allowed
    assert problem.example == TABLE[near].yaml_line


def test_an_input_like_no_other_is_found_too() -> None:
    """An input that nobody declared is an error, and its name is shown on one short line."""
    (problem,) = problems_of(**{"Q" * 500: "x"})
    assert "does not exist" in problem.got
    assert len(str(problem)) < 300


def test_the_runners_own_inputs_are_no_problem() -> None:
    """What the runner sets by itself is not held against the team."""
    assert problems_of(entrypoint="x", args="y") == ()


def test_other_variables_are_no_inputs() -> None:
    """Only `INPUT_` makes an input."""
    environ = environ_of(required()) | {"INPUTS_X": "1", "MY_INPUT_TITLE": "x", "PATH": "/bin"}
    inputs = read_inputs(environ)
    assert "title" not in inputs
    assert parse_settings(inputs, {})[1] == ()


@pytest.mark.parametrize(
    ("inputs", "name", "why"),
    [
        ({"prompt": "x", "github_token": TOKEN}, "devin_api_key", "no such secret"),
        (
            {"devin_api_key": " ", "prompt": "x", "github_token": TOKEN},
            "devin_api_key",
            "no such secret",
        ),
        ({"devin_api_key": API_KEY, "github_token": TOKEN}, "prompt", "neither"),
        ({"devin_api_key": API_KEY, "github_token": TOKEN, "prompt": " \n "}, "prompt", "neither"),
        ({"devin_api_key": API_KEY, "prompt": "x"}, "github_token", "comment: off"),
    ],
)
def test_what_must_be_there(inputs: dict[str, str], name: str, why: str) -> None:
    """A missing key, prompt or token is told before anything is spent."""
    _, problems = parse(inputs)
    assert [problem.name for problem in problems] == [name]
    assert why in problems[0].got


def test_without_comment_no_token_is_needed() -> None:
    """A step that writes no comment needs no token."""
    inputs = {"devin_api_key": API_KEY, "prompt": "x", "comment": "off"}
    assert parse(inputs)[1] == ()


@pytest.mark.parametrize(
    ("name", "twin", "text"),
    [
        ("prompt", "prompt_file", "Do it."),
        ("structured_output_schema", "structured_output_schema_file", RISK_SCHEMA),
    ],
)
class TestFiles:
    """The prompt and the schema may come from a file instead."""

    @staticmethod
    def held(settings: Settings, name: str) -> object:
        """Return what the settings hold of a prompt or schema."""
        return settings.prompt if name == "prompt" else settings.schema and settings.schema.text

    def test_a_file_is_as_good_as_the_text(self, name: str, twin: str, text: str) -> None:
        """What stands in the file is what stands in the input."""
        inputs = {k: v for k, v in required().items() if k != name} | {twin: "a/b"}
        if name != "prompt":
            inputs["prompt"] = "x"
        settings, problems = parse(inputs, {twin: text})
        assert problems == ()
        assert self.held(settings, name) == self.held(make_settings(**{name: text}), name)
        assert named_files(read_inputs(environ_of(inputs))) == {twin: "a/b"}

    def test_both_is_a_problem(self, name: str, twin: str, text: str) -> None:
        """Nobody has to guess which of two prompts or schemas was used."""
        _, problems = parse(required(**{name: text, twin: "a/b"}), {twin: text})
        assert [problem.name for problem in problems] == [twin]
        assert f"`{name}` is set as well" in problems[0].got

    @pytest.mark.parametrize("content", [DocumentError("it is no file"), "", " "])
    def test_an_unusable_file_is_a_problem(
        self, name: str, twin: str, text: str, content: str | DocumentError
    ) -> None:
        """A file that is missing or empty is told with its path, before anything is spent."""
        inputs = {k: v for k, v in required(prompt="x").items() if k != name} | {twin: "a/b"}
        _, problems = parse(inputs, {twin: content})
        assert [problem.name for problem in problems] == [twin], text
        assert "`a/b`" in problems[0].got
        assert problems[0].example.startswith(f"{twin}: a/b #")

    def test_a_file_at_a_path_that_cannot_be_is_shown_one_that_can(
        self, name: str, twin: str, text: str
    ) -> None:
        """The line to write never repeats a path that leads out of the checkout."""
        inputs = {k: v for k, v in required(prompt="x").items() if k != name} | {twin: "../b"}
        _, problems = parse(inputs, {twin: DocumentError("it leads upwards")})
        assert [problem.name for problem in problems] == [twin], text
        assert problems[0].example.startswith(f"{twin}: .github/devin/")

    def test_what_the_file_holds_is_said_of_its_text(self, name: str, twin: str, text: str) -> None:
        """A file whose text is wrong is told what text is allowed, and not what path."""
        inputs = {k: v for k, v in required(prompt="x").items() if k != name} | {twin: "a/b"}
        _, problems = parse(inputs, {twin: " "})
        assert problems[0].allowed == TABLE[name].allowed, text


@pytest.mark.parametrize("secret", [API_KEY, TOKEN], ids=["key", "token"])
@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param({"prompt": "Use {}."}, id="prompt"),
        pytest.param({"title": "{}"}, id="title"),
        pytest.param({"tags": "a, {}"}, id="tags"),
        pytest.param({"structured_output_schema": '{{"const": "{}"}}'}, id="schema"),
        pytest.param({"snapshot_id": "x{}"}, id="another input"),
    ],
)
def test_a_secret_is_not_sent_to_devin(inputs: dict[str, str], secret: str) -> None:
    """A key inside a text that Devin would read is an error, and is not shown."""
    ((name, text),) = inputs.items()
    problems = problems_of(**{name: text.format(secret)})
    assert [problem.name for problem in problems] == [name]
    assert "must not see" in problems[0].got
    assert secret not in str(problems)


def test_a_secret_in_a_file_is_not_sent_either() -> None:
    """The file of a prompt is looked through like the prompt."""
    inputs = {k: v for k, v in required().items() if k != "prompt"} | {"prompt_file": "p.md"}
    _, problems = parse(inputs, {"prompt_file": f"Use {API_KEY}."})
    assert [problem.name for problem in problems] == ["prompt_file"]


@pytest.mark.parametrize("text", [API_KEY, "x" * 55 + API_KEY], ids=["whole", "cut"])
def test_a_problem_never_shows_a_secret(text: str) -> None:
    """A key that was written into the wrong input is not told to everybody, nor half of it."""
    for name in ("max_acu_limit", "comment_key", "allow_outcomes"):
        told = " ".join(str(problem) for problem in problems_of(**{name: text}))
        assert name in told
        assert API_KEY[:10] not in told


@pytest.mark.parametrize("key", ["nonsense-key", "apk_ with blanks"])
def test_a_wrong_key_is_not_shown(key: str) -> None:
    """A key that is refused may be somebody's real one."""
    assert key not in str(problems_of(devin_api_key=key))


def test_a_key_twice_in_a_schema_mentions_nobody() -> None:
    """What stands in a file of the pull request stays between backticks when it is told."""
    schema: Json = '{"@org/team":1,"@org/team":2}'
    (problem,) = problems_of(structured_output_schema=str(schema))
    assert "@org" not in "".join(problem.got.split("`")[::2])
