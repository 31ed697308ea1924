"""A crate of boards: the CSV file that says which board becomes what, and all of them flashed side by side."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

from firmware.words import words
from hub.csv_table import CsvFault, decoded, read_table
from tools.flashing.faults import FlashFault
from tools.flashing.image import DRIVE_INFO
from tools.flashing.outcome import Outcome
from tools.flashing.steps import Job

COLUMNS = ("port", "device", "profile", "image", "drive", "replace", "erase")
MUST = ("port", "device")
ONCE = ("port", "device", "drive")
YES, NO = ("yes", "y", "1", "是"), ("no", "n", "0", "", "否")
AT_ONCE = 16  # ports; a USB hub with more boards is slower, not faster
GRACE_S = 10.0  # after Ctrl-C, for the boards to be let go in good order


def read(path: Path, language: str = "zh", is_image: bool | None = None) -> list[Job]:
    """The jobs of a crate file. Raises FlashFault, naming the line, for anything that is not clear.

    ``is_image``: MicroPython is written to all of them or to none, whatever the file says.
    """
    try:
        table = read_table(decoded(path.read_bytes()))
        rows = table.named()
    except OSError as error:
        raise _fault(path, 1, "unreadable", language, reason=error.strerror) from None
    except CsvFault as fault:
        raise FlashFault("crate", file=path, line=fault.line, why=fault.say(language)) from None
    unknown = [name for name in table.columns if name not in COLUMNS]
    if unknown or any(name not in table.columns for name in MUST):
        raise _fault(path, 1, "columns", language, columns=", ".join(unknown) or "-")
    jobs: list[Job] = []
    seen: dict[str, int] = {}
    for line, row in rows:
        jobs.append(_job(path, line, row, seen, language, is_image))
    if not jobs:
        raise _fault(path, 1, "empty", language)
    return jobs


def _job(path: Path, line: int, row: dict[str, str], seen: dict[str, int], language: str, is_image: bool | None) -> Job:
    cells = {name: row.get(name, "") for name in COLUMNS}
    for column in MUST:
        if not cells[column]:
            raise _fault(path, line, "missing", language, column=column)
    for column in filter(cells.get, ONCE):
        first = seen.setdefault(f"{column} {cells[column]}", line)
        if first != line:
            raise _fault(path, line, "twice", language, value=cells[column], first=first)
    flags: dict[str, bool] = {}
    for column in ("image", "replace", "erase"):
        if cells[column].lower() not in YES + NO:
            raise _fault(path, line, "flag", language, column=column, value=cells[column])
        flags[column] = cells[column].lower() in YES
    if is_image is not None:
        flags["image"] = is_image
    drive = Path(cells["drive"]) if cells["drive"] else None
    if drive and flags["image"] and not (drive.is_absolute() and (drive / DRIVE_INFO).is_file()):
        raise _fault(path, line, "drive", language, drive=drive)
    chosen = {"is_" + name: value for name, value in flags.items()}
    return Job(cells["port"], cells["device"], cells["profile"], drive=drive, **chosen)


def _fault(path: Path, line: int, why: str, language: str, **facts: object) -> FlashFault:
    return FlashFault("crate", file=path, line=line, why=words("flash.crate." + why, language, **facts))


def flash_all(
    jobs: list[Job], one: Callable[[Job, Outcome], object], stop: Event, tell: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """Each in a thread of its own; what came of each, in the order of the jobs. Does not raise.

    ``one`` fills in the Outcome that it is given; it should look whether ``stop`` is set, which Ctrl-C does
    before it calls ``tell``. Who is not ready `GRACE_S` after that, or at a second Ctrl-C, is waited for no longer:
    its seconds are 0.
    """
    waiting: SimpleQueue[tuple[Job, Outcome]] = SimpleQueue()
    outcomes = [Outcome(job.port, job.device) for job in jobs]
    for pair in zip(jobs, outcomes, strict=True):
        waiting.put(pair)

    def work(ended: Event) -> None:
        with contextlib.suppress(Empty), contextlib.ExitStack() as at_end:
            at_end.callback(ended.set)
            while not stop.is_set():
                one(*waiting.get_nowait())

    ends = [Event() for _ in range(min(AT_ONCE, len(jobs)))]
    try:
        for ended in ends:
            Thread(target=work, args=(ended,), daemon=True).start()
        for ended in ends:
            ended.wait()  # not Thread.join: interrupted once, that takes the thread for ended (CPython before 3.13)
    except KeyboardInterrupt:
        stop.set()
        with contextlib.suppress(KeyboardInterrupt):
            tell()
            _wait(ends)
    return [replace(outcome) for outcome in outcomes]


def _wait(ends: list[Event]) -> None:
    until = time.monotonic() + GRACE_S
    for ended in ends:
        ended.wait(max(0.0, until - time.monotonic()))
