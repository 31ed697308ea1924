"""From the call key to the first sample at the loudspeaker: real broker, hub and journal, a real MicroPython."""

import asyncio
import time
from pathlib import Path

from firmware.agent import Agent
from firmware.wire.messages.queue import TicketCall, TicketFinish, TicketTake, WindowOpen
from simulators.board_process import BoardProcess
from simulators.hub_process import HubProcess
from tests.bench.hall import board_of
from tests.bench.press_bench import KIOSK, TERMINAL, Clerk
from tests.system.tone_bank import tone_bank

AMPLIFIER = "sifa-amp-1"
SAMPLES = 30
CLIP_MS = 10  # short, so that a call is over soon
SPOKEN_S = 15


async def measure(hub: HubProcess, folder: Path, samples: int) -> list[float]:
    """Milliseconds from the press to the first sample, sorted; each call begins when the one before was heard."""
    clerk, kiosk = Clerk(), Clerk()
    agents = [Agent(board_of(hub, id), role) for id, role in ((TERMINAL, clerk), (KIOSK, kiosk))]
    tasks = [asyncio.create_task(agent.run()) for agent in agents]
    bank = tone_bank(folder / "bank", CLIP_MS)
    amplifier = BoardProcess(hub.boards / f"{AMPLIFIER}.json", folder / "out", clips=bank, heap="160k")
    took = []
    try:
        await amplifier.start()
        await asyncio.wait_for(asyncio.gather(clerk.welcomed.wait(), kiosk.welcomed.wait()), SPOKEN_S)
        if not await amplifier.changed.until(lambda: amplifier.is_online, SPOKEN_S):
            raise TimeoutError("the amplifier is not online")
        await clerk.ask(WindowOpen())
        for number in range(samples):
            await kiosk.ask(TicketTake(service="sifa-legal-aid"))
            pressed_at = time.perf_counter()
            clerk.outlet.ask(TicketCall())
            if not await amplifier.changed.until(lambda n=number: len(amplifier.begun) > n, SPOKEN_S):
                raise TimeoutError(f"call {number} was not spoken")
            took.append(1000 * (time.perf_counter() - pressed_at))
            await amplifier.changed.until(lambda n=number: len(amplifier.heard) > n, SPOKEN_S)
            await clerk.has_ticket(True)
            await clerk.ask(TicketFinish(ticket=clerk.ticket))
            await clerk.has_ticket(False)
    finally:
        await amplifier.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(took)


def sound_figures(hub: HubProcess, folder: Path, samples: int = SAMPLES) -> dict[str, float]:
    """``first_sample_ms`` is the slowest but one of ten."""
    took = asyncio.run(measure(hub, folder, samples))
    return {"first_sample_ms_p50": took[samples // 2], "first_sample_ms": took[int(0.9 * samples)]}
