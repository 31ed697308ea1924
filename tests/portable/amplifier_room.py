"""An amplifier in a room with an ear that can tell its clips apart."""

import asyncio

from drivers.speaker import Speaker
from drivers.wav import BYTES_PER_MS, HEADER_BYTES
from firmware.roles.amplifier import Amplifier
from firmware.wire.messages.speech import CALL, Play
from simulators.parts.wav_port import WavPort
from tests.portable.bench import fresh_folder, play, stop
from tests.portable.clips import tone, write_clip
from tests.portable.outlet import Outlet

LONG = "abcd" * 8  # 160 ms; a device holds 120 ms in stock
CLIPS = ("cmn/a", "cmn/b", "cmn/c", "cmn/d")


class Room:
    """The ear: which clips were heard, announcement by announcement."""

    def __init__(self):
        self.heard = []
        self.cut = []
        self.port = None

    def hear(self, path, played_ms):
        self.cut.append(self.port.cut_at_ms >= 0)
        heard = ""
        with open(path, "rb") as file:
            file.seek(HEADER_BYTES)
            while piece := file.read(5 * BYTES_PER_MS):
                heard += " abcd"[piece[0]]
        self.heard.append(heard)


def with_amplifier(story, outlet=None, queue_limit=16, speed=0):
    async def whole():
        folder, room = fresh_folder(), Room()
        for at, clip in enumerate(CLIPS):
            write_clip(folder, clip, tone(at + 1, 5))
        write_clip(folder, "cmn/long", tone(1, 400))
        port = WavPort(folder + "/heard", speed=speed, on_heard=room.hear)
        room.port = port
        role = Amplifier({"queue_limit": queue_limit}, {"speaker": Speaker(port, folder)})
        role.outlet = outlet or Outlet()
        task = asyncio.create_task(role.run())
        try:
            await story(role, room)
        finally:
            await stop(task)

    play(whole)


def announcement(name, clips="a", priority=CALL, expires_at_ms=99999, **more):
    clips = ["cmn/" + letter for letter in clips]
    return Play(id=name, expires_at_ms=expires_at_ms, priority=priority, clips=clips, text="", **more)


def results(role):
    return [(done.act, done.result) for done in role.outlet.asked]
