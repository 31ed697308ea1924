"""A board on the wire: what it is, what is on its flash, and the few things that flashing does to it."""

import base64
import errno
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Thread
from typing import Any, NamedTuple, TypeVar

from tools.flashing import scripts
from tools.flashing.faults import FlashFault
from tools.flashing.wire import GONE, TransportExecError, Wire

CHUNK_BYTES = 1536  # 2 kB as base64: what the heap of the smallest board takes easily
BLOCK_BYTES = 4096  # the step in which littlefs spends its space
FEED_S = 0.25  # between two feedings; the shortest watchdog of a profile is 1 s
ETHERNET_OF_RP2 = 2  # the third of the addresses that MicroPython can make there
Progress = Callable[[int], None]  # bytes more
Answer = TypeVar("Answer")

_EXCEPTION = re.compile(r"\w+(Error|Fault|Malformed|Refused)\b")
_ENTRY = re.compile(r"([df]) (\d+|-) ([0-9a-f]{64}|-) (/.+)")  # what W of `scripts` prints


class Facts(NamedTuple):
    """``chip`` as in board_profiles; ``mpy``: version of its bytecode; ``unique_id``: hexadecimal, as burnt in."""

    chip: str
    name: str
    version: str
    mpy: int
    unique_id: str

    @property
    def mac(self) -> str:
        """Of its Ethernet; empty where it cannot be known from outside.

        An ESP32 has four addresses in a row, Ethernet's is the last (ESP-IDF, "MAC address allocation"). An RP2 has
        none, and neither has its W5500: MicroPython gives it a locally administered one made of the board's number
        (ports/rp2/mphalport.c; extmod/network_wiznet5k.c sets it where the chip's register is zero, as after power-on).
        """
        if self.chip.startswith("rp2") and len(self.unique_id) == 16:
            id = bytes.fromhex(self.unique_id)
            low = [id[at] << 4 & 0xF0 | id[at - 1] & 0x0F for at in (7, 5, 3)]
            return bytes([0x02, *low, id[1], id[0] << 2 & 0xFF | ETHERNET_OF_RP2]).hex(":")
        if len(self.unique_id) != 12:
            return ""
        number = int(self.unique_id, 16) + (3 if self.chip.startswith("esp32") else 0)
        text = f"{number:012x}"
        return ":".join(text[at : at + 2] for at in range(0, 12, 2))


class Stored(NamedTuple):
    """One file on the flash."""

    size: int
    sha256: str


class Board:
    """Connected: its program is stopped. ``step``: what a fault says it happened in."""

    def __init__(self, port: str, patience_s: float = 10.0) -> None:
        self.port = port
        self.step = ""
        self._patience_s = patience_s
        self._wire: Wire | None = None
        self._said = b""

    def connect(self) -> None:
        """Stop its program. FlashFault."""
        self.close()
        self._wire = Wire(self.port, self._patience_s)
        with self.contact():
            self._wire.stop_program()
            self._wire.exec(scripts.PRELUDE)

    def close(self) -> None:
        """Let go of the port."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    @contextmanager
    def contact(self) -> Iterator[Wire]:
        """Turns what a pulled cable does into a sentence."""
        try:
            yield self.wire
        except TransportExecError as error:
            raise self._trouble(error) from error
        except GONE as error:
            raise FlashFault("unplugged", port=self.port, step=self.step) from error

    @property
    def wire(self) -> Wire:
        """The connection."""
        assert self._wire is not None, "not connected"
        return self._wire

    def _trouble(self, error: TransportExecError) -> FlashFault:
        """The board itself said no."""
        last = (error.error_output.strip().splitlines() or ["?"])[-1]
        if "ENOSPC" in last or last.endswith(f"OSError: {errno.ENOSPC}"):
            return FlashFault("no_space", port=self.port, needed="?", free=f"{self.free_bytes() // 1024}")
        return FlashFault("board_says", port=self.port, step=self.step, said=last)

    def run(self, code: str) -> str:
        """What it prints."""
        with self.contact() as wire:
            return str(wire.exec("F()\n" + code).decode(errors="replace"))

    def ask(self, code: str, read: Callable[[str], Answer]) -> Answer:
        """``read`` of the last line that it prints: before its answer a board may say things of its own.

        Raises FlashFault when ``read`` cannot make sense of it.
        """
        lines = [line.strip() for line in self.run(code).splitlines() if line.strip()]
        last = lines[-1] if lines else "?"
        try:
            return read(last)
        except (ValueError, TypeError) as error:
            raise FlashFault("board_says", port=self.port, step=self.step, said=last[:160]) from error

    # --- looking

    def facts(self) -> Facts:
        """What it is."""
        platform, name, version, mpy, unique_id = self.ask(scripts.FACTS, _five)
        chip = name.rpartition(" with ")[2].lower().replace("-", "") if " with " in name else platform
        return Facts("virtual" if platform == "linux" else chip, name or platform, version, mpy, unique_id)

    def wake_watchdog(self, timeout_ms: int) -> None:
        """From now on whatever is done here feeds it."""
        self.run(scripts.WATCHDOG.format(timeout_ms=timeout_ms))

    def fed_during(self, work: Callable[[], Answer], tick: Callable[[], None]) -> Answer:
        """What ``work`` gives, done in a thread of its own; its watchdog is fed until then, with a ``tick`` each time.

        Raises what ``work`` raises, and what ``tick`` raises; FlashFault when the board is lost meanwhile.
        """
        done: Future[Answer] = Future()

        def run() -> None:
            try:
                done.set_result(work())
            except Exception as error:
                done.set_exception(error)

        Thread(target=run, daemon=True).start()
        while not wait([done], FEED_S).done:
            tick()
            self.run("")
        return done.result()

    def files(self, folder: str = "") -> tuple[dict[str, Stored], list[str]]:
        """(path → what is there, folders) below ``folder``; nothing when there is no such folder."""
        found: dict[str, Stored] = {}
        folders = []
        for line in self.run(f"if E({folder or '/'!r}):W({folder!r})").splitlines():
            entry = _ENTRY.fullmatch(line.strip())
            if entry is None:
                continue  # it said something of its own; a file that is missed so is written again
            what, size, sha256, path = entry.groups()
            if what == "d":
                folders.append(path)
            else:
                found[path] = Stored(int(size), sha256)
        return found, folders

    def read(self, path: str) -> bytes | None:
        """A small file; None when there is none."""
        return self.ask(f"print(G({path!r}))", _content)

    def free_bytes(self) -> int:
        """Of the file system. FlashFault when it has none that can be read."""
        free = self.ask("s=os.statvfs('/')\nprint(s[0]*s[3] if s[2] else -1)", int)
        if free < 0:
            raise FlashFault("no_files", port=self.port)
        return free

    # --- changing

    def write(self, path: str, data: bytes, progress: Progress = lambda more: None) -> None:
        """Folders are made; what was written is read back and compared. Not whole when it is interrupted."""
        code, size = f"D({path!r})\nf=open({path!r},'wb')\nw=f.write", 0
        for at in range(0, len(data), CHUNK_BYTES):
            self.run(code)
            progress(size)
            piece = data[at : at + CHUNK_BYTES]
            code, size = f"w(U({base64.b64encode(piece).decode()!r}))", len(piece)
        self._compare(path, f"{code}\nf.close()\nprint(H({path!r}))", hashlib.sha256(data).hexdigest())
        progress(size)

    def replace(self, path: str, data: bytes, progress: Progress = lambda more: None) -> None:
        """Whole or not at all."""
        self.write(path + ".new", data, progress)
        code = f"os.rename({path + '.new'!r},{path!r})\nprint(H({path!r}))"
        self._compare(path, code, hashlib.sha256(data).hexdigest())

    def make_folder(self, path: str) -> None:
        """Nothing when it is there."""
        self.run(f"D({path + '/'!r})")

    def copy(self, source: str, path: str, sha256: str) -> None:
        """From one place on its flash to another."""
        self._compare(path, f"D({path!r})\nC({source!r},{path!r})\nprint(H({path!r}))", sha256)

    def remove(self, path: str) -> None:
        """A file, or a folder with all in it; nothing when it is not there."""
        self.run(f"R({path!r})")

    def _compare(self, path: str, code: str, wanted: str) -> None:
        """``code`` prints the hash of what the board reads back."""
        if self.ask(code, str) != wanted:
            raise FlashFault("not_same", port=self.port, path=path)

    def reset(self) -> None:
        """As its button. What it says from now on can be heard with `heard`."""
        with self.contact() as wire:
            wire.exec_raw_no_follow(scripts.RESET)

    def heard(self) -> str:
        """The newest line that it said since `reset`; empty when it said nothing, or its port went with the reset."""
        lines = self._lines()
        return lines[-1][:160] if lines else ""

    def complaint(self) -> str:
        """The newest exception that it told since `reset`; empty when there was none."""
        return next((line[:160] for line in reversed(self._lines()) if _EXCEPTION.match(line)), "")

    def _lines(self) -> list[str]:
        try:
            serial = self.wire.serial
            self._said = (self._said + serial.read(serial.in_waiting))[-4096:]
        except GONE:
            pass
        return [line.strip() for line in self._said.decode(errors="replace").splitlines() if line.strip(" >\r\x04OK")]


def _five(said: str) -> list[Any]:
    """What FACTS of `scripts` prints."""
    found = json.loads(said)
    if not isinstance(found, list) or list(map(type, found)) != [str, str, str, int, str]:
        raise ValueError(said)
    return found


def _content(said: str) -> bytes | None:
    """What G of `scripts` gives."""
    if said == "-":
        return None
    if not said.startswith("="):
        raise ValueError(said)
    return bytes.fromhex(said[1:])
