"""What a board says on its console: its log, whether its prompt is raw, and the raw prompt after a soft reset."""

from collections.abc import Callable
from pathlib import Path

RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n"
FRIENDLY_PROMPT = b'Type "help()" for more information.'
BOOTED = b"\x00\x16"  # said by the shim's board_boot
KEEPS_BYTES = 65536


class Console:
    """``say`` goes to the computer, ``type_in`` to the board."""

    def __init__(self, log: Path, say: Callable[[bytes], None], type_in: Callable[[bytes], None]) -> None:
        self.is_raw = False
        self._say = say
        self._type_in = type_in
        self.log = open(log, "ab", buffering=0)
        self._newest = bytearray()
        self._tail = b""  # enough of what it said to find a prompt that comes in two pieces
        self._opening: bytearray | None = None  # from the start of a raw boot to its prompt

    @property
    def printed(self) -> str:
        """The newest of what it said."""
        return bytes(self._newest).decode(errors="replace")

    def starts(self, is_raw: bool) -> None:
        """A new life; ``is_raw``: which begins at the raw prompt."""
        self.is_raw = is_raw
        self._tail = b""
        self._opening = bytearray() if is_raw else None

    def soft_reboot(self) -> None:
        """What a board says when Ctrl-D ends its program."""
        self._pass_on(b"MPY: soft reboot\r\n")

    def note(self, words: str) -> None:
        """A line of the bench, for the log and `printed` only."""
        self._newest += words.encode() + b"\n"
        self.log.write(words.encode() + b"\n")

    def said(self, data: bytes) -> None:
        """More from the board."""
        if self._opening is not None:
            self._open_raw(data)
            return
        seen = self._tail + data
        raw, friendly = seen.rfind(RAW_PROMPT), seen.rfind(FRIENDLY_PROMPT)
        if raw != friendly:
            self.is_raw = raw > friendly
        self._tail = seen[-len(FRIENDLY_PROMPT) :]
        self._pass_on(data)

    def close(self) -> None:
        """No more."""
        self.log.close()

    def _open_raw(self, data: bytes) -> None:
        """What boot.py prints goes through; the friendly prompt is answered with Ctrl-A and not shown."""
        opening = self._opening
        assert opening is not None
        opening += data
        booted = opening.find(BOOTED)
        if booted < 0:
            whole = len(opening) - (1 if opening.endswith(BOOTED[:1]) else 0)
            self._pass_on(bytes(opening[:whole]))
            del opening[:whole]
        elif booted > 0:
            self._pass_on(bytes(opening[:booted]))
            del opening[:booted]
        if opening.startswith(BOOTED) and opening.endswith(b">>> "):
            self._opening = None
            self._type_in(b"\x01")

    def _pass_on(self, data: bytes) -> None:
        self._newest += data
        del self._newest[:-KEEPS_BYTES]
        self.log.write(data)
        self._say(data)
