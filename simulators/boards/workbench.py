"""The workbench: the one thread on which all virtual boards of this process are looked after."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class Workbench:
    """An event loop in a daemon thread, started with the first board and kept; boards cost it nothing while idle."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread_id = 0

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The running loop."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                thread = threading.Thread(target=self._loop.run_forever, name="virtual boards", daemon=True)
                thread.start()
                self._thread_id = thread.ident or 0
            return self._loop

    def call(self, work: Callable[[], Result]) -> Result:
        """Do ``work`` on the bench's thread; returns or raises what it does. From any thread, that one too."""
        loop = self.loop
        if threading.get_ident() == self._thread_id:
            return work()

        async def done() -> Result:
            return work()

        return asyncio.run_coroutine_threadsafe(done(), loop).result()


BENCH = Workbench()
