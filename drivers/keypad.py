"""A keypad: which word stands on which key."""

try:
    from drivers.ports import KeyPort
except ImportError:  # a board may leave the protocols out
    pass

CALL_KEYS = ("call", "recall", "pass", "serve", "finish", "hold", "resume", "open", "pause", "close")
LEVEL_KEYS = ("1", "2", "3", "4", "5")


class Keypad:
    """``keys[code]`` is the word of the key with that number; a key without a word does nothing."""

    def __init__(self, port: "KeyPort", keys: "tuple[str, ...]") -> None:
        if hasattr(port, "health"):  # a keypad that can be unplugged
            self.health = port.health
        self._port = port
        self.keys = keys

    async def key(self) -> str:
        """The word of the next key pressed."""
        while True:
            code = await self._port.code()
            if 0 <= code < len(self.keys) and self.keys[code]:
                return self.keys[code]
