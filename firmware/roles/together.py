"""Runs a role's few loops side by side: when one fails, all end and the failure is passed on."""

import asyncio

try:
    from typing import Any, Coroutine
except ImportError:  # MicroPython
    pass


async def together(*loops: "Coroutine[Any, Any, None]") -> None:
    """Returns when every loop has ended; raises the first failure, after the others were cancelled.

    `asyncio.gather` leaves the others running when one fails, and a role that is restarted would then run twice.
    """
    failures: "list[BaseException]" = []
    over = asyncio.Event()
    running = len(loops)

    async def watch(loop: "Coroutine[Any, Any, None]") -> None:
        nonlocal running
        try:
            await loop
        except asyncio.CancelledError:
            raise
        except Exception as error:
            failures.append(error)
            over.set()
        running -= 1
        if not running:
            over.set()

    tasks = [asyncio.create_task(watch(loop)) for loop in loops]
    try:
        await over.wait()
    finally:
        for task in tasks:
            task.cancel()
    if failures:
        raise failures[0]
