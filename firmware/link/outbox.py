"""Requests kept in a file until their Answer comes: neither a power cut nor a dead hub loses what a person did.

The file is a log of lines, each with a CRC-32 of its rest: ``+ boot seq name payload`` when a request is added,
``- boot seq`` when it is answered. A line that was torn by a power cut does not match its CRC and is left out.
Losing a ``-`` line is harmless: the request is sent again and the hub answers the same again.
"""

import os
from binascii import crc32, hexlify

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

_fsync: "Any" = getattr(os, "fsync", None)  # MicroPython has none: there flush() reaches the flash

COMPACT_AFTER = 64  # lines that are no longer needed
OWN_WORDS = b'"remark":'  # a person's, who may have named somebody: they do not stay once the hub has them


class Full(Exception):
    """The outbox takes no more; say so to the person and ask them to come back or see a member of staff."""


class Entry:
    """One request that waits for its Answer. ``due_ms`` and ``wait_ms`` belong to whoever sends it."""

    def __init__(self, boot: str, seq: int, name: str, payload: bytes) -> None:
        self.boot = boot
        self.seq = seq
        self.name = name
        self.payload = payload
        self.due_ms = 0
        self.wait_ms = 0


def new_boot() -> str:
    """A name for this life of the device: 12 random hexadecimal digits."""
    return str(hexlify(os.urandom(6)), "ascii")


class Outbox:
    """``folder`` must exist. ``sync`` False leaves it to the system when bytes reach the disk (simulated crowds)."""

    def __init__(self, folder: str, max_entries: int = 200, sync: bool = True, boot: str = "") -> None:
        self.boot = boot or new_boot()
        self.entries: "list[Entry]" = []  # oldest first, those of earlier boots before those of this one
        self.damaged = 0  # lines found unreadable; 1 is usual after a power cut
        self.max_entries = max_entries
        self._sync = sync
        self._seq = 0
        self._folder = folder
        self._path = folder + "/outbox.log"
        self._spare = folder + "/outbox.new"
        self._surplus = 0
        self._file: "Any" = None
        self._load()
        self._rewrite()

    def add(self, request: "Any") -> Entry:
        """Give the request its boot and seq and keep it; durable on return. Raises `Full`."""
        if len(self.entries) >= self.max_entries:
            raise Full("outbox: %d requests wait for the hub; check the network and the hub" % len(self.entries))
        request.boot = self.boot
        request.seq = self._seq + 1
        entry = Entry(self.boot, request.seq, request.name, request.encode())
        try:
            if self._surplus > COMPACT_AFTER:
                self._rewrite()
            self._file.write(_line(_added(entry)))
            self._flush(self._file)
        except OSError as error:
            self._surplus = COMPACT_AFTER + 1  # the end of the file may be torn: write it anew before the next line
            raise Full("outbox: cannot write %s (%s); free some space or replace the card" % (self._path, error))
        self._seq += 1
        self.entries.append(entry)
        return entry

    def find(self, boot: str, seq: int) -> "Entry | None":
        """The entry that waits under this name, if any."""
        for entry in self.entries:
            if entry.seq == seq and entry.boot == boot:
                return entry
        return None

    def drop(self, entry: Entry) -> None:
        """The answer came: the entry is not needed any more."""
        self.entries.remove(entry)
        self._surplus += 2
        try:
            self._file.write(_line(b"- %s %d" % (entry.boot.encode(), entry.seq)))
            if OWN_WORDS in entry.payload or (not self.entries and self._surplus > COMPACT_AFTER):
                self._rewrite()
        except OSError:
            self._surplus = COMPACT_AFTER + 1

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _load(self) -> None:
        for path in (self._path, self._spare):  # only the spare is there when the power went between two renames
            try:
                file = open(path, "rb")
            except OSError:
                continue
            with file:
                for line in file:
                    self._read(line)
            return

    def _read(self, line: bytes) -> None:
        rest = line[9:-1]
        if line[:9] != b"%08x " % crc32(rest) or line[-1:] != b"\n":
            self.damaged += 1
            return
        words = rest.split(b" ", 4)
        boot, seq = str(words[1], "ascii"), int(words[2])
        if words[0] == b"+":
            self.entries.append(Entry(boot, seq, str(words[3], "ascii"), words[4]))
        else:
            entry = self.find(boot, seq)
            if entry:
                self.entries.remove(entry)

    def _rewrite(self) -> None:
        """The log with the waiting entries only; the old one stays until the new one is complete."""
        with open(self._spare, "wb") as file:
            for entry in self.entries:
                file.write(_line(_added(entry)))
            self._flush(file)
        os.rename(self._spare, self._path)
        if self._sync and _fsync:
            folder = os.open(self._folder, os.O_RDONLY)
            _fsync(folder)
            os.close(folder)
        self.close()
        self._file = open(self._path, "ab")
        self._surplus = 0

    def _flush(self, file: "Any") -> None:
        if self._sync or _fsync:
            file.flush()
        if self._sync and _fsync:
            _fsync(file.fileno())


def _added(entry: Entry) -> bytes:
    return b"+ %s %d %s %s" % (entry.boot.encode(), entry.seq, entry.name.encode(), entry.payload)


def _line(rest: bytes) -> bytes:
    return b"%08x %s\n" % (crc32(rest), rest)
