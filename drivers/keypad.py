"""A keypad: which word stands on which key."""

import asyncio

from drivers.faults import PartFault

try:
    from drivers.ports import KeyPort
except ImportError:  # a board may leave the protocols out
    pass

CALL_KEYS = ("call", "recall", "pass", "serve", "finish", "hold", "resume", "open", "pause", "close")
LEVEL_KEYS = ("1", "2", "3", "4", "5")
TEST_S = 15  # in which an installer presses a key


class Keypad:
    """``keys[code]`` is the word of the key with that number; a key without a word does nothing."""

    def __init__(self, port: "KeyPort", keys: "tuple[str, ...]") -> None:
        if hasattr(port, "health"):  # a keypad that can be unplugged
            self.health = port.health
        self._port = port
        self.keys = keys
        self._is_tested = asyncio.Event()
        self._tested = -1  # what was pressed in a self-test; -1: nobody waits, -2: not yet

    async def key(self) -> str:
        """The word of the next key pressed."""
        while True:
            code = await self._port.code()
            if self._tested == -2:
                self._tested = code
                self._is_tested.set()
                continue
            if 0 <= code < len(self.keys) and self.keys[code]:
                return self.keys[code]

    async def self_test(self) -> str:
        """Waits for a key, which then does nothing else; says which. Raises PartFault when none comes."""
        self._is_tested.clear()
        self._tested = -2
        try:
            await asyncio.wait_for(self._is_tested.wait(), TEST_S)
            code = self._tested
        except asyncio.TimeoutError:
            raise PartFault("keypad", "no key within %d s; press one during the test" % TEST_S)
        finally:
            self._tested = -1
        word = self.keys[code] if 0 <= code < len(self.keys) else ""
        return "key %d pressed: %s" % (code + 1, word or "nothing stands on it")
