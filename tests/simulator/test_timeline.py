"""Timelines: one state for one moment, and data that is read strictly."""

import pytest

from simulator import KEEP, Step, Timeline, TimelineError, read_timeline


def test_a_step_counts_from_its_moment_on() -> None:
    """Nothing of a step shows before, all of it at its second."""
    timeline = Timeline((Step(10, status_enum="working"), Step(20, structured_output={"a": 1})))
    assert timeline.state_at(9.9).status_enum is None
    assert timeline.state_at(10).status_enum == "working"
    assert timeline.state_at(10).structured_output is None
    assert timeline.state_at(20).structured_output == {"a": 1}


def test_null_is_a_value_and_keep_is_none() -> None:
    """A step can take an output away; one that does not name it leaves it."""
    timeline = Timeline((
        Step(1, structured_output=[1]),
        Step(2, structured_output=KEEP, status="x"),
        Step(3, structured_output=None),
    ))  # fmt: skip
    assert timeline.state_at(2).structured_output == [1]
    assert timeline.state_at(3).structured_output is None


def test_updated_at_moves_with_steps_that_touch() -> None:
    """An empty step is a touch; a step can also change the session in secret."""
    timeline = Timeline((Step(5), Step(9, status="still", touch=False)))
    assert timeline.state_at(9).updated_s == 5
    assert timeline.state_at(9).status == "still"


def test_the_order_of_steps_is_the_order_of_time() -> None:
    """Steps written in any order give the same state; those of one moment go as written."""
    early, late = Step(1, title="early"), Step(2, title="late")
    assert Timeline((late, early)).state_at(3) == Timeline((early, late)).state_at(3)
    assert Timeline((Step(1, title="a"), Step(1, title="b"))).state_at(1).title == "b"


def test_each_message_starts_the_next_reaction_and_the_last_repeats() -> None:
    """Reactions count from the delivery, and come after the message they answer."""
    timeline = Timeline(on_message=((Step(0, message="one"),), (Step(5, message="two"),)))
    state = timeline.state_at(200, [(10, "first"), (50, "second"), (100, "third")])
    assert [(said.after_s, said.text, said.by_user) for said in state.messages] == [
        (10, "first", True),
        (10, "one", False),
        (50, "second", True),
        (55, "two", False),
        (100, "third", True),
        (105, "two", False),
    ]
    assert timeline.state_at(52, [(10, "first"), (50, "second")]).updated_s == 50


def test_data_reads_as_the_same_timeline() -> None:
    """YAML's mapping, a plain list of steps, one reaction and many."""
    step = {"after_s": 3, "status_enum": None, "message": "hi"}
    read = Step(3, status_enum=None, message="hi")
    assert read_timeline([step]) == Timeline((read,))
    assert read_timeline({"steps": [step], "on_message": [step]}) == Timeline((read,), ((read,),))
    assert read_timeline({"on_message": [[step], []]}) == Timeline((), ((read,), ()))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([{"staus": "x"}], r"timeline\[0\]: unknown staus; known are acus_consumed, after_s,"),
        ([{"after_s": -1}], r"timeline\[0\]\.after_s: seconds, 0 or more needed, got -1"),
        ([{"after_s": True}], r"after_s: seconds"),
        ([{"status": None}], r"status: a string needed, got None"),
        ([{"title": 1}], r"title: a string or null needed"),
        ([{"touch": 1}], r"touch: true or false needed"),
        (["x"], r"timeline\[0\]: a mapping is needed, got str"),
        ({"steps": "x"}, r"timeline.steps: a list is needed"),
        ({"on_message": [[1]]}, r"timeline.on_message\[0\]\[0\]: a mapping is needed"),
        ({"step": []}, r"timeline: unknown step; known are on_message, steps"),
        ("x", r"timeline: a list of steps or a mapping"),
    ],
)
def test_data_that_is_wrong_names_the_place(data: object, message: str) -> None:
    """Nothing is guessed or left out in silence."""
    with pytest.raises(TimelineError, match=message):
        read_timeline(data)
