"""A line behaves like a plain list of people, and its front costs the same however many wait."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.engine.lines import Line


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.just("join"), st.just("first"), st.integers(0, 200)), max_size=300))
def test_a_line_is_a_list_of_people(acts):
    line, people = Line(), []
    for serial, act in enumerate(acts):
        if act == "join" or not people:
            line.join(f"t{serial}")
            people.append(f"t{serial}")
        elif act == "first":
            line.leave(line.first())
            del people[0]
        elif act % 2:
            line.leave(people.pop(act % len(people)))
        else:
            line.insert(act % len(people), f"t{serial}")
            people.insert(act % len(people), f"t{serial}")
        assert list(line) == people
        assert (len(line), line.first()) == (len(people), people[0] if people else "")
        assert len(line.ids) <= 2 * len(people) + 64
    assert list(msgspec.json.decode(msgspec.json.encode(line), type=Line)) == people
    assert "t999" not in line
