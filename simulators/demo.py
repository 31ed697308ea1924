"""The demo: a busy morning in the whole building, in a minute and a half, with everything real but the people.

    python -m simulators.demo [--visitors N] [--speed X] [--seed N] [--broker nats|mosquitto] [--halls hall,hall]
                              [--seconds N] [--language zh|en] [--folder DIR] [--json] [--stay]

Exit codes: 0 paper, hub and city platform agree; 1 they do not; 2 the demo could not run; 130 ended with Ctrl-C.
"""

import argparse
import asyncio
import fcntl
import shutil
import signal
import sys
from pathlib import Path
from typing import IO

from rich.console import Console

from firmware.words import words
from simulators.demo_account import Account
from simulators.demo_day import DemoDay, DemoFault, Wishes, build_clips
from simulators.demo_view import View, result

AGREED, DISAGREED, CANNOT, INTERRUPTED = 0, 1, 2, 130
LOCK = "demo.lock"  # also tells that a folder is a demo's own and may be emptied


def main() -> int:
    """The command line."""
    options = _options()
    console = Console(stderr=options.json)
    wishes = _wishes(options)
    try:
        with _own(wishes.folder):
            console.print(words("demo.clips", options.language), highlight=False)
            build_clips(wishes.clips, sys.stderr if options.json else sys.stdout)
            account = asyncio.run(_live(wishes, console, options.stay, options.json))
    except DemoFault as fault:
        Console(stderr=True).print(f"demo: {fault}", highlight=False, markup=False, soft_wrap=True)
        return CANNOT
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print(words("demo.ended", options.language))
        return INTERRUPTED
    return AGREED if account.agrees else DISAGREED


async def _live(wishes: Wishes, console: Console, is_staying: bool, is_json: bool) -> Account:
    """The day, told on ``console``; SIGTERM ends it as Ctrl-C does."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with View(console, wishes.language) as view:
        day = DemoDay(wishes, view)
        async with day:
            account = await day.run()
            view.close()
            console.print(result(account, wishes.language))
            _tell_places(wishes, console, is_staying)
            if is_json:
                print(account.to_json(pictures=str(wishes.pictures), sound=str(wishes.sound)), flush=True)
            if is_staying:
                await _until_interrupted()
    return account


async def _until_interrupted() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        pass  # what was asked for: the account stands


def _tell_places(wishes: Wishes, console: Console, is_staying: bool) -> None:
    folder = wishes.folder
    hub = f".venv/bin/hallhub --folder {wishes.hub_folder}"
    places = [
        ("demo.pictures", f"{wishes.pictures}/"),
        ("demo.sound", f"{wishes.sound}/"),
        ("demo.logs", f"{folder}/hub.log, {folder}/building/*/log, {folder}/platform/"),
        ("demo.look", f"{hub} status") if is_staying else ("demo.again", f"{hub} up"),
    ]
    for key, place in places:
        console.print(f"{words(key, wishes.language)}: {place}", highlight=False, markup=False, soft_wrap=True)
    if is_staying:
        console.print(words("demo.stay", wishes.language), style="bold")


def _own(folder: Path) -> IO[str]:
    """Empties the demo's folder and keeps others out of it. Raises `DemoFault`."""
    lock = folder / LOCK
    if folder.exists() and any(folder.iterdir()) and not lock.exists():
        raise DemoFault(f"{folder} holds things that no demo made; choose another with --folder")
    folder.mkdir(parents=True, exist_ok=True)
    held = lock.open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise DemoFault(f"a demo is running in {folder}; end it first, or choose another with --folder") from None
    for item in folder.iterdir():
        if item.is_dir():
            shutil.rmtree(item)
        elif item != lock:
            item.unlink()
    return held


def _wishes(options: argparse.Namespace) -> Wishes:
    return Wishes(
        folder=options.folder,
        clips=options.clips.resolve(),
        visitors=options.visitors,
        speed=options.speed,
        seed=options.seed,
        broker=options.broker,
        halls=tuple(hall for hall in options.halls.split(",") if hall),
        seconds=options.seconds,
        language=options.language,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.demo", description="A busy morning in the whole building.", allow_abbrev=False
    )
    parser.add_argument("--visitors", type=_at_least_one, default=600, help="how many come (600)")
    parser.add_argument("--speed", type=_positive, default=75.0, help="how much faster than life people are (75)")
    parser.add_argument("--seed", type=int, default=20261122, help="other seeds make other people")
    parser.add_argument("--broker", choices=["nats", "mosquitto"], default="nats", help="which broker the hub starts")
    parser.add_argument("--halls", default="", help="ids of halls, separated by commas; all when left out")
    parser.add_argument("--seconds", type=float, default=0.0, help="send whoever is still there home after so many")
    parser.add_argument("--language", choices=["zh", "en"], default="zh", help="of what is told here")
    parser.add_argument("--folder", type=Path, default=Path("build/demo"), help="emptied first, filled then")
    parser.add_argument("--clips", type=Path, default=Path("build/clips"), help="the clip bank, built once")
    parser.add_argument("--json", action="store_true", help="print the result as JSON, everything else to stderr")
    parser.add_argument("--stay", action="store_true", help="let everything go on at the end, until Ctrl-C")
    return parser.parse_args()


def _at_least_one(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _positive(text: str) -> float:
    number = float(text)
    if not number > 0:
        raise argparse.ArgumentTypeError("more than 0")
    return number


if __name__ == "__main__":
    sys.exit(main())
