"""In the test's MicroPython: sound on I2S whose buffer is filled and emptied by hand."""

import asyncio
import time

import machine

from drivers.micropython import i2s_sound
from drivers.micropython.i2s_sound import I2sSound

i2s_sound.DMA_MS = 0


async def main():
    i2s = machine.I2S(0, sck=machine.Pin(4), ws=machine.Pin(5), sd=machine.Pin(6))
    port = I2sSound(i2s, machine.Pin(7, machine.Pin.OUT, value=0))
    pieces = [bytes([number]) * 640 for number in range(1, 5)]  # 20 ms each
    writing = asyncio.create_task(port.write(pieces[0]))
    await asyncio.sleep(0.02)
    assert not writing.done(), "it must wait for room"
    assert not i2s.heard
    assert i2s.polls, "it must ask before it writes"
    i2s.room = 100
    while len(i2s.heard) < 100:
        await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    assert not writing.done(), "a part of a piece is not the piece"
    i2s.room = 10000
    await writing
    for piece in pieces[1:]:
        await port.write(piece)
    given_ms = time.ticks_ms()
    await port.drain()
    drained_ms = time.ticks_diff(time.ticks_ms(), given_ms)
    assert i2s.heard == b"".join(pieces)
    assert 20 <= drained_ms <= 300, drained_ms  # 80 ms of sound, less what passed while it was written
    levels = [call[1][1] for call in machine.CALLS if call[0] == "drive"]
    assert levels == [1, 0], levels
    await port.drain()  # at rest: at once
    loud = (1000).to_bytes(2, "little") + (65536 - 1000).to_bytes(2, "little")
    for percent, height in ((100, 1000), (60, 500), (25, 250), (0, 0)):
        i2s.heard, i2s.room = b"", 100
        port.volume(percent)
        await port.write(loud)
        first = int.from_bytes(i2s.heard[:2], "little")
        assert first == height, (percent, first)
    await port.cut()
    print("played")


asyncio.run(main())
