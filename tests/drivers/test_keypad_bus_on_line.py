"""Keypads and evaluators at the end of a real serial line, by the driver that a Linux computer uses."""

import asyncio
from pathlib import Path

from drivers.linux.serial_port import SerialPort
from drivers.rs485.bus import KeypadBus
from simulators.parts.rs485_bus import SimulatedBus
from simulators.parts.serial_line import PtyLine


async def until(bus: KeypadBus, fault: str) -> None:
    known = None
    while bus.health.fault != fault:
        known = await asyncio.wait_for(bus.health.changed(known), 4)


def test_a_press_a_count_and_a_pulled_adapter(tmp_path: Path) -> None:
    async def scene() -> None:
        addresses = list(range(1, 27))
        far = SimulatedBus(addresses, ears=lambda data: line.say(data))
        line = PtyLine(str(tmp_path / "rs485"), far.hear)
        port = SerialPort(line.path)
        bus = KeypadBus(port, addresses)
        running = asyncio.create_task(bus.run())
        bus.units[26].show(7, 123)
        far.units[3].press("call")
        assert await bus.said() == (3, "call")
        while far.units[26].number != "123":
            await asyncio.sleep(0.01)
        assert far.units[26].waiting == "007"
        far.units[5].rate(1)
        assert await bus.said() == (5, "level:5")
        line.pull()
        await until(bus, "unplugged")
        line.plug_in()
        await until(bus, "")
        far.units[26].press("confirm", 3)
        assert await bus.said() == (26, "resume")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        port.close()
        line.pull()

    asyncio.run(asyncio.wait_for(scene(), 8))
