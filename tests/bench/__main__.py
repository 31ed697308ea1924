"""`make bench`: measures, prints a table, writes build/bench.json (one flat object, name → number).

With ``--check`` (`make bench CHECK=1`) it ends with 1 when an aim was missed, and says which.
"""

import argparse
import asyncio
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hub.site_file import load
from hub.sites import find
from simulators.process import find_micropython
from tests.bench.aims import AIMS, missed
from tests.bench.engine_bench import engine_ops_per_s
from tests.bench.estimate_bench import estimate_error_min
from tests.bench.flash_bench import flash_figures
from tests.bench.hall import running_hub
from tests.bench.outage_bench import outage_figures
from tests.bench.page_bench import page_figures
from tests.bench.press_bench import press_to_strip
from tests.bench.queue_bench import queue_figures
from tests.bench.sound_bench import sound_figures
from tests.bench.strip_bench import strip_figures
from tests.bench.year_bench import year_figures
from tests.system.device_heap import all_roles
from tests.system.storm import storm

OUT = Path("build") / "bench.json"
Figures = dict[str, float]


def engine(broker: str) -> Figures:
    return {"engine_ops_per_s": engine_ops_per_s(load(find("doumen")))}


def estimate(broker: str) -> Figures:
    error_min, wait_min = estimate_error_min(load(find("doumen")))
    return {"estimate_error_min": error_min, "estimate_wait_min": wait_min}


def queue(broker: str) -> Figures:
    with running_hub(broker) as hub:
        return queue_figures(hub)


def press(broker: str) -> Figures:
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    try:
        with running_hub(broker) as hub:
            return press_to_strip(hub, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def heap(broker: str) -> Figures:
    if not find_micropython():
        return {}
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    try:
        return {f"heap_kb_{role}": used / 1024 for role, used in asyncio.run(all_roles(folder)).items()}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def storm_of_400(broker: str) -> Figures:
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    try:
        with running_hub(broker) as hub:
            return {"reconnect_400_s": storm(hub, folder).all_back_s}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def first_sample(broker: str) -> Figures:
    if not find_micropython():
        return {}
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    try:
        with running_hub(broker) as hub:
            return sound_figures(hub, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def flash(broker: str) -> Figures:
    if not find_micropython():
        return {}
    folder = Path(tempfile.mkdtemp(prefix="hallhub-bench-"))
    try:
        return flash_figures(folder, broker)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pages(broker: str) -> Figures:
    return page_figures()


def strip(broker: str) -> Figures:
    return strip_figures()


BENCHES: dict[str, Callable[[str], Figures]] = {
    "engine": engine,
    "estimate": estimate,
    "heap": heap,
    "queue": queue,
    "press": press,
    "strip": strip,
    "storm": storm_of_400,
    "sound": first_sample,
    "flash": flash,
    "pages": pages,
    "year": year_figures,
    "outage": outage_figures,
}
LONG = ("year", "outage")  # only when it is asked for


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "only", nargs="*", metavar="BENCH", help="which: " + ", ".join(BENCHES) + f"; default all but {', '.join(LONG)}"
    )
    parser.add_argument("--broker", default="nats", choices=["nats", "mosquitto"])
    parser.add_argument("--json", action="store_true", help="print the object instead of a table")
    parser.add_argument("--check", action="store_true", help="end with 1 when an aim was missed")
    options = parser.parse_args()
    unknown = set(options.only) - set(BENCHES)
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    figures: Figures = {}
    errors = Console(stderr=True)
    for name in options.only or [name for name in BENCHES if name not in LONG]:
        with errors.status(f"{name} …"):
            figures |= BENCHES[name](options.broker)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        Console().print(_table(figures, options.broker))
    if options.check and missed(figures):
        for name in missed(figures):
            errors.print(f"missed: {name} is {_number(figures[name])}, the aim is {AIMS[name]}", soft_wrap=True)
        sys.exit(1)


def _table(figures: Figures, broker: str) -> Table:
    table = Table(title=f"hallhub bench · {broker} · {platform.machine()} · Python {platform.python_version()}")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("aim", justify="right")
    for name, value in figures.items():
        style = "red" if missed({name: value}) else ""
        table.add_row(name, _number(value), str(AIMS.get(name, "")), style=style)
    return table


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    main()
