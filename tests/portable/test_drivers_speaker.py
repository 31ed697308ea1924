"""Speaker: clips without a gap, nothing at all when one of them is wrong, and the pace of the ear."""

import asyncio
import struct

from drivers.faults import PartFault
from drivers.speaker import Speaker
from drivers.ticks import since_ms, ticks_ms
from drivers.wav import NotAClip, header, seek_samples
from simulators.parts.wav_port import WavPort
from tests.portable.bench import Dice, error_of, fresh_folder, play
from tests.portable.clips import samples_of, tone, write_clip

try:
    from io import BytesIO
except ImportError:
    from uio import BytesIO


async def fault_of(doing):
    try:
        await doing
    except PartFault as fault:
        return fault.reason
    raise AssertionError("PartFault expected")


def heard_of(folder, names, speed=0):
    """Play clips; what the ear got, and how long it took, in ms."""
    ends = []
    port = WavPort(folder + "/heard", speed=speed, on_heard=lambda path, played_ms: ends.append((path, played_ms)))
    began_ms = ticks_ms()
    play(lambda: Speaker(port, folder).play(names))
    assert len(ends) == 1
    return samples_of(ends[0][0]), ends[0][1], since_ms(began_ms)


def test_every_sample_of_every_clip_arrives_in_order():
    folder = fresh_folder()
    dice = Dice(3)
    clips = [bytes([dice.below(256) for _ in range(2 * samples)]) for samples in (1, 700, 1024, 1025, 3000)]
    for at, pcm in enumerate(clips):
        write_clip(folder, "cmn/" + str(at), pcm)
    pcm, played_ms, _ = heard_of(folder, ["cmn/" + str(at) for at in range(5)])
    assert pcm == b"".join(clips)
    assert played_ms == len(pcm) // 32


def test_it_takes_as_long_as_the_ear_needs():
    folder = fresh_folder()
    write_clip(folder, "cmn/a", tone(1, 200))
    assert 195 <= heard_of(folder, ["cmn/a"], speed=1)[2] < 2000
    assert 45 <= heard_of(folder, ["cmn/a"], speed=4)[2] < 190


def test_wrong_or_missing_clip_is_a_fault_before_any_sound():
    async def story():
        folder = fresh_folder()
        write_clip(folder, "cmn/a", tone(1, 10))
        with open(folder + "/cmn/stereo.wav", "wb") as file:
            file.write(header(8).replace(struct.pack("<HH", 1, 1), struct.pack("<HH", 1, 2)) + bytes(8))
        ends = []
        port = WavPort(folder + "/heard", speed=0, on_heard=lambda path, played_ms: ends.append(path))
        speaker = Speaker(port, folder)
        assert "cmn/b" in await fault_of(speaker.play(["cmn/a", "cmn/b"]))
        assert "16 kHz" in await fault_of(speaker.play(["cmn/a", "cmn/stereo"]))
        assert "leaves" in await fault_of(speaker.play(["cmn/a", "../cmn/a"]))
        assert ends == []

    play(story)


def test_samples_that_come_late_are_a_gap_that_is_heard():
    async def story():
        folder = fresh_folder()
        port = WavPort(folder + "/heard", speed=1)
        await port.write(tone(1, 10))
        await asyncio.sleep(0.05)
        await port.write(tone(2, 10))
        await port.drain()
        ((at_ms, gap_ms),) = port.gaps
        assert at_ms == 10
        assert 35 <= gap_ms < 1000
        assert samples_of(folder + "/heard/heard-000.wav") == tone(1, 10) + tone(0, gap_ms) + tone(2, 10)

    play(story)


def test_what_is_cut_off_ends_where_the_ear_was_and_can_go_on_where_the_speaker_was():
    async def story():
        folder = fresh_folder()
        write_clip(folder, "cmn/a", tone(1, 300))
        write_clip(folder, "cmn/b", tone(2, 300))
        port = WavPort(folder + "/heard", speed=1)
        speaker = Speaker(port, folder)
        playing = asyncio.create_task(speaker.play(["cmn/a", "cmn/b"]))
        await asyncio.sleep(0.03)
        speaker.stop()
        assert not await playing
        number, offset = speaker.stopped_at
        assert (number, offset % 1024) == (0, 0)
        assert 0 < port.cut_at_ms < 300
        with open(folder + "/heard/heard-000.wav", "rb") as file:
            assert file.read(seek_samples(file)) == tone(1, port.cut_at_ms)
        port = speaker.port = WavPort(folder + "/rest", speed=0)
        assert await speaker.play(["cmn/a", "cmn/b"], 100, speaker.stopped_at)
        assert port.cut_at_ms == -1
        assert samples_of(folder + "/rest/heard-000.wav") == tone(1, 300)[offset:] + tone(2, 300)

    play(story)


def test_a_self_test_is_a_tone_and_an_announcement_waits_for_its_end():
    async def story():
        folder = fresh_folder()
        write_clip(folder, "cmn/a", tone(1, 10))
        speaker = Speaker(WavPort(folder + "/heard", speed=20), folder)
        testing = asyncio.create_task(speaker.self_test())
        await asyncio.sleep(0)
        assert await speaker.self_test() == "something plays now; listen"
        assert await speaker.play(["cmn/a"])
        assert await testing == "tone of 440 Hz played for 500 ms"
        assert samples_of(folder + "/heard/heard-001.wav") == tone(1, 10)

    play(story)


def test_volume_is_the_height_of_the_samples():
    async def story():
        folder = fresh_folder()
        write_clip(folder, "cmn/a", tone(1000, 5))
        speaker = Speaker(WavPort(folder + "/heard", speed=0), folder)
        await speaker.play(["cmn/a"], 40)
        assert samples_of(folder + "/heard/heard-000.wav") == tone(400, 5)

    play(story)


def test_recordings_are_kept_in_a_ring():
    async def story():
        folder = fresh_folder()
        write_clip(folder, "cmn/a", tone(1, 1))
        write_clip(folder, "cmn/b", tone(2, 1))
        paths = []
        port = WavPort(folder + "/heard", speed=0, keep=2, on_heard=lambda path, played_ms: paths.append(path))
        for clip in ("cmn/a", "cmn/a", "cmn/b"):
            await Speaker(port, folder).play([clip])
        assert paths[0] == paths[2] != paths[1]
        assert samples_of(paths[0]) == tone(2, 1)

    play(story)


def test_other_chunks_before_the_samples_are_passed_over():
    pcm = tone(5, 2)
    whole = header(len(pcm))
    file = BytesIO(whole[:36] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + whole[36:] + pcm)
    assert seek_samples(file) == len(pcm)
    assert file.read() == pcm


def test_any_damage_is_not_a_clip_or_a_length():
    dice = Dice(11)
    whole = header(64) + bytes(64)
    for _ in range(300):
        try:
            assert seek_samples(BytesIO(dice.spoil(whole))) % 2 == 0
        except NotAClip:
            pass
    for wrong in (b"", b"RIFF", whole[:20], whole[:40], whole.replace(b"WAVE", b"AVI ")):
        error_of(NotAClip, seek_samples, BytesIO(wrong))
