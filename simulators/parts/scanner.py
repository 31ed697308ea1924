"""A code scanner and the hand that holds codes before it: one that types as a keyboard, one on a serial line."""

from collections.abc import Callable

from simulators.parts.input_device import EV_KEY, EV_SYN, InputFile

# Written from linux/input-event-codes.h: the keys of a US keyboard in the order of their codes.
_KEYS = {
    **{character: (2 + at, False) for at, character in enumerate("1234567890-=")},
    **{character: (2 + at, True) for at, character in enumerate("!@#$%^&*()_+")},
    **{character: (16 + at, False) for at, character in enumerate("qwertyuiop[]")},
    **{character: (16 + at, True) for at, character in enumerate("QWERTYUIOP{}")},
    **{character: (30 + at, False) for at, character in enumerate("asdfghjkl;'`")},
    **{character: (30 + at, True) for at, character in enumerate('ASDFGHJKL:"~')},
    **{character: (43 + at, False) for at, character in enumerate("\\zxcvbnm,./")},
    **{character: (43 + at, True) for at, character in enumerate("|ZXCVBNM<>?")},
    " ": (57, False),
    "\n": (28, False),
}
SHIFT = 42


class WedgeScanner:
    """Types what it scans into the device file ``file``, ended by Enter."""

    def __init__(self, file: InputFile) -> None:
        self.file = file

    def scan(self, code: str) -> None:
        """Hold a code before it."""
        self.type(code + "\n")

    def type(self, text: str) -> None:
        """The keys for this text, one after the other."""
        for character in text:
            key, is_shifted = _KEYS[character]
            if is_shifted:
                self._key(SHIFT, 1)
            self._key(key, 1)
            self._key(key, 0)
            if is_shifted:
                self._key(SHIFT, 0)

    def _key(self, code: int, value: int) -> None:
        self.file.events((EV_KEY, code, value), (EV_SYN, 0, 0))


class SerialScanner:
    """Sends what it scans over a line: ``say(data)``, each code ended by ``end``."""

    def __init__(self, say: Callable[[bytes], None], end: bytes = b"\r\n") -> None:
        self._say = say
        self._end = end

    def scan(self, code: str) -> None:
        """Hold a code before it."""
        self._say(code.encode() + self._end)
