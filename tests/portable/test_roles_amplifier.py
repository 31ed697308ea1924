"""Amplifier: whole announcements, one at a time, in turn; the hub learns what became of each."""

import asyncio

from firmware.wire.messages.device import Ack
from firmware.wire.messages.speech import CALL, EMERGENCY, MUSIC, NOTICE, PAGE, SHOUT, Play, ShowClips
from tests.portable.amplifier_room import LONG, announcement, results, with_amplifier
from tests.portable.bench import stop, until
from tests.portable.clips import tone, write_clip
from tests.portable.outlet import Outlet


def test_clips_follow_one_another_without_a_gap_and_the_hub_is_told():
    async def story(role, room):
        role.act(announcement("one", "abca"))
        await until(lambda: role.outlet.asked, "the end")
        assert room.heard == ["abca"]
        assert results(role) == [("one", "done")]

    with_amplifier(story)


def test_of_those_that_wait_the_more_urgent_goes_first_then_the_older():
    async def story(role, room):
        role.act(announcement("call 1", "a"))
        role.act(announcement("notice", "b", NOTICE))
        role.act(announcement("call 2", "c"))
        role.act(announcement("emergency", "d", EMERGENCY))
        await until(lambda: len(role.outlet.asked) == 4, "the end of all")
        assert [act for act, _ in results(role)] == ["emergency", "call 1", "call 2", "notice"]
        assert room.heard == ["d", "a", "c", "b"]

    with_amplifier(story)


def test_the_more_urgent_cuts_off_what_plays_and_that_is_then_played_anew():
    async def story(role, room):
        role.act(announcement("call", LONG))
        await until(lambda: role.step is not None, "the beginning")
        role.act(announcement("older", "b"))
        role.act(announcement("emergency", "d", EMERGENCY))
        await until(lambda: len(role.outlet.asked) == 3, "all")
        assert results(role) == [("emergency", "done"), ("call", "done"), ("older", "done")]
        assert room.cut == [True, False, False, False]
        assert LONG.startswith(room.heard[0].replace(" ", ""))
        assert [heard.replace(" ", "") for heard in room.heard[1:]] == ["d", LONG, "b"]

    with_amplifier(story, speed=1)


def test_emergency_before_shout_before_page_before_call_before_notice():
    async def story(role, room):
        for priority, letter in ((NOTICE, "a"), (CALL, "b"), (PAGE, "c"), (SHOUT, "d"), (EMERGENCY, "abcd")):
            role.act(announcement(str(priority), letter, priority))
        await until(lambda: len(role.outlet.asked) == 5, "the end of all")
        assert [heard.replace(" ", "") for heard in room.heard] == ["abcd", "d", "c", "b", "a"]

    with_amplifier(story)


def test_each_is_cut_off_by_the_next_more_urgent_and_said_when_that_is_over():
    async def story(role, room):
        role.shown(ShowClips(epoch=1, rev=1, music=["cmn/long"]), None)
        await until(lambda: role._playing == MUSIC, "music")
        for priority in (NOTICE, CALL, PAGE, SHOUT, EMERGENCY):
            role.act(announcement(str(priority), LONG, priority))
            await until(lambda: role._playing == priority, str(priority))  # noqa: B023  # waited for at once
        role.shown(ShowClips(epoch=1, rev=2), None)
        await until(lambda: len(role.outlet.asked) == 5, "the end of all")
        assert [act for act, result in results(role) if result == "done"] == ["0", "1", "2", "3", "4"]
        assert room.cut == [True] * (len(room.heard) - 5) + [False] * 5

    with_amplifier(story, speed=1)


def test_it_is_as_loud_as_the_hub_says():
    async def story(role, room):
        write_clip(role._speaker.folder, "cmn/loud", tone(4, 5))
        for volume, heard in ((100, "d"), (75, "c"), (50, "b"), (25, "a")):
            role.act(announcement(str(volume), ["loud"], volume=volume))
            await until(lambda: role.outlet.asked[-1:] and len(room.heard) == 5 - volume // 25, "the end")  # noqa: B023
            assert room.heard[-1] == heard

    with_amplifier(story)


def test_its_equal_does_not_cut_it_off():
    async def story(role, room):
        role.act(announcement("long", LONG))
        await until(lambda: role.step is not None, "the beginning")
        role.act(announcement("another", "d"))
        await until(lambda: len(role.outlet.asked) == 2, "both")
        assert [heard.replace(" ", "") for heard in room.heard] == [LONG, "d"]

    with_amplifier(story, speed=1)


def test_what_was_cut_off_and_is_too_late_then_is_not_said_again():
    async def story(role, room):
        role.act(announcement("call", LONG, expires_at_ms=2000))
        await until(lambda: role.step is not None, "the beginning")
        role.outlet.now_ms = 2000
        role.act(announcement("emergency", "d", EMERGENCY))
        await until(lambda: len(role.outlet.asked) == 2, "both")
        assert results(role) == [("emergency", "done"), ("call", "expired")]

    with_amplifier(story, speed=1)


def test_music_plays_while_nobody_speaks_and_goes_on_where_it_was_cut_off():
    async def story(role, room):
        role.shown(ShowClips(epoch=1, rev=1, music=["cmn/long", "cmn/b"]), None)
        await until(lambda: role._playing == MUSIC, "music")
        role.act(announcement("call", "d"))
        await until(lambda: role.outlet.asked, "the call")
        await until(lambda: len(room.heard) >= 3, "the rest of the music")
        role.shown(ShowClips(epoch=1, rev=2), None)
        await until(lambda: role._playing > MUSIC, "silence")
        first, call, rest = room.heard[:3]
        assert room.cut[:3] == [True, False, False]
        assert (first.count("b"), call.strip(), rest[-1]) == (0, "d", "b")
        assert 0 < rest.count("a") < 80  # of 80 in the whole tune

    with_amplifier(story, speed=1)


def test_what_comes_too_late_is_dropped_and_the_hub_is_told():
    async def story(role, room):
        role.act(announcement("late", expires_at_ms=500))
        role.act(announcement("in time", "b"))
        await until(lambda: len(role.outlet.asked) == 2, "both results")
        assert results(role) == [("late", "expired"), ("in time", "done")]
        assert room.heard == ["b"]

    with_amplifier(story)


def test_without_the_hubs_clock_it_waits():
    async def story(role, room):
        role.act(announcement("one", expires_at_ms=500))
        await asyncio.sleep(0.02)
        assert results(role) == []
        role.outlet.now_ms = 400
        role.connected(True)
        await until(lambda: role.outlet.asked, "the end")
        assert results(role) == [("one", "done")]

    with_amplifier(story, outlet=Outlet(now_ms=None))


def test_missing_clip_fails_before_any_sound_and_the_next_is_played():
    async def story(role, room):
        role.act(announcement("broken", ("a", "nothing")))
        await until(lambda: role.outlet.asked, "the failure")
        assert "cmn/nothing" in role.fault
        role.act(announcement("right", "b"))
        await until(lambda: len(role.outlet.asked) == 2, "the next")
        assert results(role) == [("broken", "failed"), ("right", "done")]
        assert room.heard == ["b"]
        assert role.fault == ""

    with_amplifier(story)


def test_full_queue_drops_the_last_in_turn():
    async def story(role, room):
        for name, priority in (("a", CALL), ("b", NOTICE), ("c", CALL)):
            role.act(announcement(name, "a", priority))
        await until(lambda: len(role.outlet.asked) == 3, "three results")
        assert results(role) == [("b", "failed"), ("a", "done"), ("c", "done")]

    with_amplifier(story, queue_limit=2)


def test_results_that_the_outbox_has_no_room_for_are_told_later():
    async def story(role, room):
        role.act(announcement("one"))
        role.act(announcement("two"))
        await until(lambda: len(room.heard) == 2, "both")
        await until(lambda: results(role) == [("one", "done")], "the first result")
        role.outlet.answer(role, Ack)
        assert results(role) == [("one", "done"), ("two", "done")]

    with_amplifier(story, outlet=Outlet(max_entries=1))


class FetchingOutlet(Outlet):
    """Clips are on their way, from a hub that cannot be reached."""

    def __init__(self):
        super().__init__()
        self.tasks = []

    def note(self, where, error):
        pass

    def begin(self, what, work):
        self.tasks.append(asyncio.create_task(work()))


def while_fetching(story):
    outlet = FetchingOutlet()

    async def whole(role, room):
        role.shown(ShowClips(epoch=1, rev=1, url="http://127.0.0.1:1/clips", manifest="0" * 64), None)
        try:
            await story(role, room)
        finally:
            for task in outlet.tasks:
                await stop(task)

    with_amplifier(whole, outlet=outlet, speed=1)


def in_languages(name, *languages, **more):
    clips = ["common/chime"]
    for language in languages:
        clips += ([] if len(clips) == 1 else ["common/pause"]) + language
    return Play(id=name, expires_at_ms=99999, priority=CALL, clips=clips, text="", **more)


def test_while_clips_are_being_fetched_it_speaks_the_languages_that_are_all_there():
    async def story(role, room):
        role.act(in_languages("one", ["cmn/a", "cmn/b"], ["yue/a", "cmn/c"], ["cmn/d"]))
        await until(lambda: role.outlet.asked, "the end")
        assert results(role) == [("one", "done")]
        assert [heard.replace(" ", "") for heard in room.heard] == ["abd"]

    while_fetching(story)


def test_what_has_no_clips_yet_waits_lets_others_pass_and_cuts_nothing_off():
    async def story(role, room):
        role.act(announcement("long", LONG))
        await until(lambda: role.step is not None, "the beginning")
        urgent = Play(id="own", expires_at_ms=2000, priority=EMERGENCY, clips=["said/ab"], text="")
        role.act(urgent)
        role.act(announcement("later", "b"))
        await until(lambda: len(role.outlet.asked) == 2, "both that can be said")
        assert results(role) == [("long", "done"), ("later", "done")]
        write_clip(role._speaker.folder, "said/ab", tone(4, 5))
        role._cut_in()  # as the sync does when a clip has come
        await until(lambda: len(role.outlet.asked) == 3, "the urgent one")
        assert results(role)[-1] == ("own", "done")

    while_fetching(story)


def test_a_clip_that_never_comes_is_told_as_too_late():
    async def story(role, room):
        role.act(Play(id="own", expires_at_ms=2000, priority=EMERGENCY, clips=["said/ab"], text=""))
        await asyncio.sleep(0)
        role.outlet.now_ms = 2000
        role.connected(True)
        await until(lambda: role.outlet.asked, "the end")
        assert results(role) == [("own", "expired")]

    while_fetching(story)
