"""Which punch clock hangs where: serial numbers bound to terminals of the site, kept in the hub's folder."""

from pathlib import Path

import msgspec

from hub.private_file import write_private

FILE = "attendance.json"
KNOCKS = 20  # unknown ones that are remembered


class Knock(msgspec.Struct, frozen=True):
    """A terminal that nobody enrolled."""

    serial: str
    address: str
    at_ms: int


class Terminals:
    """Serial → terminal id. Raises OSError and msgspec's errors when the file cannot be read or written."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._bound: dict[str, str] = {}
        if self._file.exists():
            self._bound = msgspec.json.decode(self._file.read_bytes(), type=dict[str, str])
        self._knocks: dict[str, Knock] = {}

    def of(self, serial: str) -> str:
        """The terminal's id; '' when nobody enrolled it."""
        return self._bound.get(serial, "")

    def serial(self, terminal: str) -> str:
        """The other way round."""
        return next((serial for serial, bound in self._bound.items() if bound == terminal), "")

    def enrol(self, terminal: str, serial: str) -> None:
        """From now on this serial number is that terminal, and no other is. Durable on return."""
        bound = {known: id_ for known, id_ in self._bound.items() if id_ != terminal and known != serial}
        bound[serial] = terminal
        write_private(self._file, msgspec.json.encode(bound))
        self._bound = bound
        self._knocks.pop(serial, None)

    def knocked(self, knock: Knock) -> None:
        """Somebody unknown asked."""
        self._knocks.pop(knock.serial, None)
        self._knocks[knock.serial] = knock
        while len(self._knocks) > KNOCKS:
            del self._knocks[next(iter(self._knocks))]

    @property
    def knocks(self) -> list[Knock]:
        """The newest last."""
        return list(self._knocks.values())
