"""Who looks for a device without a light or a screen listens: a speaker sounds a tone, keypads on a line beep."""

import asyncio

from drivers.rs485.bus import KeypadBus
from drivers.speaker import Speaker
from drivers.wav import HEADER_BYTES
from firmware.clock import now_ms
from firmware.wire.messages.device_log import LogPiece
from firmware.wire.messages.locate import Locating
from simulators.parts.rs485_bus import SimulatedBus
from simulators.parts.wav_port import WavPort
from tests.portable.agent_stage import NOW_MS, with_agent
from tests.portable.bench import fresh_folder, stop, until
from tests.portable.clips import tone, write_clip


class Ear:
    """A speaker, and what was heard of it: (length in ms, the first samples)."""

    def __init__(self, speed):
        self.heard = []
        folder = fresh_folder()
        self.port = WavPort(folder + "/heard", speed=speed, on_heard=self._note)
        self.speaker = Speaker(self.port, folder)
        write_clip(folder, "cmn/a", tone(1, 300))

    def _note(self, path, played_ms):
        with open(path, "rb") as file:
            file.seek(HEADER_BYTES)
            self.heard.append((played_ms, file.read(64)))


class Led:
    """The board's own."""

    def __init__(self):
        self.words = []

    def set(self, word):
        self.words.append(word)


def where(hub, seconds):
    return hub.down("device/locate", {"id": "1", "expires_at_ms": NOW_MS + 60000, "seconds": seconds})


def test_a_speaker_sounds_a_tone_again_and_again_and_then_is_silent():
    async def story(hub, agent, role):
        ear = Ear(speed=0)
        role.found_by = ear.speaker
        await until(lambda: role.of("connected"), "welcome")
        agent.locator = Led()
        began_ms = now_ms()
        await where(hub, 4)
        await until(lambda: agent.locator.words == ["blink", "off"], "dark again")
        assert now_ms() - began_ms >= 4000
        assert [answer.is_shown for answer in hub.sent(Locating)] == [True]
        first, second = ear.heard
        assert first == second
        assert first[0] == 500
        assert any(first[1])

    with_agent(story)


def test_an_announcement_is_not_cut_off():
    async def story(hub, agent, role):
        ear = Ear(speed=1)
        role.found_by = ear.speaker
        await until(lambda: role.of("connected"), "welcome")
        playing = asyncio.create_task(ear.speaker.play(["cmn/a"]))
        await until(lambda: ear.port.at_ms, "sound")
        await where(hub, 1)
        assert await playing
        await until(lambda: agent.locating and agent.locating.done(), "over")
        assert ear.heard == [(300, tone(1, 2))]

    with_agent(story)


def test_keypads_on_a_line_beep_and_the_log_says_once_which_is_silent():
    async def story(hub, agent, role):
        line = SimulatedBus([1, 2])
        role.found_by = KeypadBus(line, [1, 2], echoes=True)
        line.units[2].unplug()
        running = asyncio.create_task(role.found_by.run())
        await until(lambda: role.of("connected"), "welcome")
        await where(hub, 4)
        await until(lambda: line.units[1].beeps == 2 and agent.locating.done(), "beeps")
        assert [answer.is_shown for answer in hub.sent(Locating)] == [True]
        await hub.down("device/logs", {"id": "log", "expires_at_ms": NOW_MS + 60000})
        await until(lambda: hub.sent(LogPiece), "log")
        lines = [line.text for piece in hub.sent(LogPiece) for line in piece.lines]
        assert len([text for text in lines if "silent: 2" in text]) == 1
        await stop(running)

    with_agent(story)
