"""Amplifier: what is no longer true is not said; a sentence that has begun is ended."""

from firmware.wire.messages.speech import CALL, EMERGENCY, Play
from tests.portable.amplifier_room import LONG, announcement, results, with_amplifier
from tests.portable.bench import until
from tests.portable.clips import tone, write_clip


def test_what_is_withdrawn_while_it_waits_is_not_said_and_what_is_being_said_is_ended():
    async def story(role, room):
        role.act(announcement("first", LONG))
        await until(lambda: role.step is not None, "the beginning")
        role.act(announcement("second", "b"))
        role.act(announcement("third", "c"))
        for act in ("first", "second", "unknown", "second", "first"):
            role.withdrawn(act)
        assert results(role) == [("second", "withdrawn")]
        await until(lambda: len(role.outlet.asked) == 3, "all")
        assert results(role) == [("second", "withdrawn"), ("first", "done"), ("third", "done")]
        assert [heard.replace(" ", "") for heard in room.heard] == [LONG, "c"]
        assert room.cut == [False, False]

    with_amplifier(story, speed=1)


def test_what_was_withdrawn_while_it_was_said_and_is_then_cut_off_is_not_said_again():
    async def story(role, room):
        role.act(announcement("call", LONG))
        await until(lambda: role.step is not None, "the beginning")
        role.withdrawn("call")
        role.act(announcement("emergency", "d", EMERGENCY))
        await until(lambda: len(role.outlet.asked) == 2, "both")
        assert results(role) == [("call", "withdrawn"), ("emergency", "done")]
        role.act(announcement("next", "b"))
        await until(lambda: len(role.outlet.asked) == 3, "the next")
        assert [heard.replace(" ", "") for heard in room.heard[1:]] == ["d", "b"]

    with_amplifier(story, speed=1)


def test_what_was_cut_off_and_is_then_withdrawn_is_not_said_again():
    async def story(role, room):
        role.act(announcement("call", LONG))
        await until(lambda: role.step is not None, "the beginning")
        role.act(announcement("emergency", LONG, EMERGENCY))
        await until(lambda: role._playing == EMERGENCY, "the emergency")
        role.withdrawn("call")
        assert results(role) == [("call", "withdrawn")]
        await until(lambda: len(role.outlet.asked) == 2, "the emergency's end")
        assert len(room.heard) == 2

    with_amplifier(story, speed=1)


def withdrawn_during(clip, clips):
    """What became of an announcement that was withdrawn while that clip of it played, and what was heard."""
    got = []

    async def story(role, room):
        for name, letter in (("common/chime", 4), ("common/pause", 4), ("yue/a", 2), ("en/a", 3)):
            write_clip(role._speaker.folder, name, tone(letter, 200))
        write_clip(role._speaker.folder, "cmn/a", tone(1, 200))
        role.act(Play(id="call", expires_at_ms=99999, priority=CALL, clips=clips, text=""))
        await until(lambda: role._speaker.number == clips.index(clip), clip)
        role.withdrawn("call")
        await until(lambda: role.outlet.asked, "the end")
        heard = room.heard[0] if room.heard else ""
        got.append((results(role)[0][1], "".join([letter for letter in "abcd" if letter in heard])))
        assert True not in room.cut

    with_amplifier(story, speed=1)
    return got[0]


IN_THREE = ["common/chime", "cmn/a", "common/pause", "yue/a", "common/pause", "en/a"]


def test_what_is_withdrawn_while_it_is_said_is_not_said_in_the_languages_that_would_follow():
    assert withdrawn_during("cmn/a", IN_THREE) == ("done", "ad")  # d: the chime
    assert withdrawn_during("common/pause", IN_THREE) == ("done", "ad")
    assert withdrawn_during("yue/a", IN_THREE) == ("done", "abd")
    assert withdrawn_during("en/a", IN_THREE) == ("done", "abcd")


def test_a_chime_alone_says_nothing():
    assert withdrawn_during("common/chime", IN_THREE) == ("withdrawn", "d")


def test_what_is_withdrawn_before_its_first_sample_is_not_heard_at_all():
    async def story(role, room):
        role._speaker._is_busy = True  # a person at the hub has the part tested
        role.act(announcement("call", "a"))
        await until(lambda: role._said[0] == "call", "its turn")
        role.withdrawn("call")
        role._speaker._is_busy = False
        await until(lambda: role.outlet.asked, "the end")
        assert results(role) == [("call", "withdrawn")]
        assert room.heard == []

    with_amplifier(story)
