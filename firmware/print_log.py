"""Tickets to be printed, kept on disk until they are out: no power cut and no restart loses one or prints it twice.

One small file, written anew with each step and renamed into place. Of the tickets that are out it remembers the newest,
since the hub's answer may come again when the power went before the outbox forgot the request.
"""

import json
import os

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

_fsync: "Any" = getattr(os, "fsync", None)  # MicroPython has none: there flush() reaches the flash
REMEMBERED = 64  # tickets that are out


class Job:
    """``plain``: a TicketIssued. ``is_begun``: some of it may be on paper. ``is_old``: of an earlier life.

    ``tries``: how often it was begun in this life.
    """

    def __init__(self, plain: "dict[str, Any]", is_begun: bool = False, is_old: bool = False) -> None:
        self.plain = plain
        self.is_begun = is_begun
        self.is_old = is_old
        self.tries = 0

    @property
    def key(self) -> str:
        """Which request it answers."""
        return "%s %d" % (self.plain["boot"], self.plain["seq"])


class PrintLog:
    """``folder`` must exist; empty keeps all in memory. ``sync`` False leaves it to the system when it is on disk."""

    def __init__(self, folder: str, sync: bool = True) -> None:
        self.jobs: "list[Job]" = []  # oldest first
        self._done: "list[str]" = []
        self._path = folder + "/printing.json" if folder else ""
        self._sync = sync
        if folder:
            self._load()

    def add(self, plain: "dict[str, Any]") -> bool:
        """A ticket to print; False when this answer came before. Raises OSError; it is kept in memory then."""
        job = Job(plain)
        if job.key in self._done or job.key in [known.key for known in self.jobs]:
            return False
        self.jobs.append(job)
        self._save()
        return True

    def begin(self, job: Job, is_begun: bool = True) -> None:
        """From now on some of it may be on paper (or, after all, nothing is)."""
        if job.is_begun != is_begun:
            job.is_begun = is_begun
            self._save()

    def finish(self, job: Job) -> None:
        """It is out, or not wanted any more."""
        self.jobs.remove(job)
        self._done.append(job.key)
        del self._done[:-REMEMBERED]
        self._save()

    def _load(self) -> None:
        for path in (self._path, self._path + ".new"):  # only the new one where the power went between two renames
            try:
                with open(path) as file:
                    kept = json.load(file)
                self.jobs = [Job(plain, is_begun, True) for plain, is_begun in kept["jobs"]]
                self._done = kept["done"]
                return
            except (OSError, ValueError, KeyError, TypeError):  # torn: the hub still has the tickets, ask for a reprint
                continue

    def _save(self) -> None:
        if not self._path:
            return
        with open(self._path + ".new", "w") as file:
            json.dump({"jobs": [[job.plain, job.is_begun] for job in self.jobs], "done": self._done}, file)
            file.flush()
            if self._sync and _fsync:
                _fsync(file.fileno())
        os.rename(self._path + ".new", self._path)
