"""A sound card of a real kernel (snd-aloop): what is played comes out of its other end, and the card is pulled out."""

import asyncio
import struct
from itertools import pairwise
from pathlib import Path

from drivers.linux.alsa_sound import AlsaSound, aplay
from drivers.speaker import Speaker
from drivers.tone import HEIGHT, TONE_HZ
from drivers.wav import BYTES_PER_MS, RATE_HZ
from tests.lab.scenes import TOLD_S, beside, play, pulled_and_plugged_in_again

CARD, FAR_END = "plughw:Loopback,0", "plughw:Loopback,1"
DRIVER = Path("/sys/bus/platform/drivers/snd_aloop")
SILENCE_MS = 200  # after which nothing more comes
FORM = ("-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE_HZ), "-c", "1")


async def heard(speaker: Speaker) -> tuple[str, list[int]]:
    """What the self-test says, and the samples from the other end of the card while it ran."""
    pipe = asyncio.subprocess.PIPE
    ear = await asyncio.create_subprocess_exec("arecord", "-D", FAR_END, *FORM, stdout=pipe)
    assert ear.stdout is not None
    recorded = await ear.stdout.readexactly(BYTES_PER_MS * 20)  # it listens
    testing = asyncio.create_task(speaker.self_test())
    while not testing.done() or any(recorded[-BYTES_PER_MS * SILENCE_MS :]):
        recorded += await ear.stdout.readexactly(BYTES_PER_MS * 20)
    said = await testing
    ear.terminate()
    await ear.communicate()
    return said, [sample for (sample,) in struct.iter_unpack("<h", recorded)]


def test_the_tone_is_heard_at_the_other_end(tmp_path: Path) -> None:
    async def story() -> None:
        said, samples = await heard(Speaker(AlsaSound(aplay(CARD)), str(tmp_path)))
        assert said == f"tone of {TONE_HZ} Hz played for 500 ms"
        loud = [sample for sample in samples if abs(sample) > 50]
        assert max(loud) in range(HEIGHT - 200, HEIGHT + 200)
        rising = sum(1 for before, after in pairwise(samples) if before < 0 <= after)
        assert rising in range(TONE_HZ // 2 - 12, TONE_HZ // 2 + 13), "periods in half a second"

    play(story())


def test_a_card_that_is_pulled_out_and_put_back(tmp_path: Path) -> None:
    async def story() -> None:
        sound = AlsaSound(aplay(CARD))
        pull = (DRIVER / "unbind", "snd_aloop.0")
        plug_in = (DRIVER / "bind", "snd_aloop.0")
        async with beside(sound.watch()):
            await asyncio.sleep(0)
            await pulled_and_plugged_in_again(
                sound.health, lambda: pull[0].write_text(pull[1]), lambda: plug_in[0].write_text(plug_in[1])
            )
        _, samples = await asyncio.wait_for(heard(Speaker(sound, str(tmp_path))), TOLD_S + 2)
        assert max(samples) > HEIGHT // 2

    play(story())
