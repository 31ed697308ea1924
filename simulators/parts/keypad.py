"""A keypad and the hand on it."""

from drivers.handover import Handover


class SimulatedKeypad:
    """``keys`` are the words printed on its keys; the driver gets the same list."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self._pressed = Handover(16)

    def press(self, word: str) -> None:
        """Push the key with this word. Raises ValueError, naming the keys, when it has none such."""
        if word not in self.keys:
            raise ValueError(f"no key {word} on this keypad; it has " + ", ".join(self.keys))
        self._pressed.give(self.keys.index(word))

    # what the driver sees: drivers.ports.KeyPort

    async def code(self) -> int:
        """The next key."""
        return int(await self._pressed.take())
