"""Makes boards into devices: program, identity and keys onto one board or a crate of them, until the hub hears them.

    python tools/flash.py --port /dev/ttyUSB0 --device hukou-strip-1
    python tools/flash.py --crate crate.csv
    python tools/flash.py --computer kiosk --device hukou-kiosk-1 --profile linux_kiosk_x86_64

Safe to repeat, and safe to pull the cable at any moment: run the same command again. docs/installing.md says more.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a file, from anywhere

import click
from rich.console import Console

from firmware.words import words
from hub.cli.where import away, hub_options
from tools.flashing import crate, guard, label, report
from tools.flashing.compile import Compiler
from tools.flashing.computer import Computer
from tools.flashing.computer import Job as ComputerJob
from tools.flashing.faults import EXIT_INTERRUPTED, EXIT_USAGE, FlashFault
from tools.flashing.hub import Hub
from tools.flashing.image import Esptool
from tools.flashing.outcome import Outcome
from tools.flashing.progress import Bars
from tools.flashing.steps import Bench, Flashing, Job
from tools.flashing.watcher import Nobody, Stoppable, Watcher


class Desk:
    """What the command line asked for, ready to be done."""

    def __init__(self, bench: Bench, told: dict) -> None:  # type: ignore[type-arg]
        self.bench = bench
        self._is_verify: bool = told["verify"]
        self._labels: Path = told["labels"]
        self._is_json: bool = told["is_json"]
        self._is_verbose: bool = told["verbose"]
        self._console = Console(stderr=self._is_json)
        self._stop = threading.Event()

    def work(self, jobs: list[Job]) -> list[Outcome]:
        """All boards, with bars on a terminal; after Ctrl-C as far as they came."""
        if self._is_json or not self._console.is_terminal:
            outcomes = self._flash_all(jobs, {})
        else:
            with Bars(self._console, self.bench.language) as bars:
                outcomes = self._flash_all(jobs, {job: bars.board(job.device) for job in jobs})
        if self._stop.is_set():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the report is written, however impatient somebody is
        for outcome in outcomes:
            if not outcome.seconds:  # it has not ended, or not even begun
                fault = FlashFault("interrupted", step="") if outcome.step else FlashFault("not_begun")
                guard.note(fault, outcome, self.bench.language)
        return outcomes

    def _flash_all(self, jobs: list[Job], watchers: Mapping[Job, Watcher]) -> list[Outcome]:
        def one(job: Job, outcome: Outcome) -> None:
            self._one(job, watchers.get(job) or Nobody(), outcome)

        return crate.flash_all(jobs, one, self._stop, self._tell_stop)

    def _tell_stop(self) -> None:
        """At once: who sees nothing happen presses again."""
        said = words("flash.letting_go", self.bench.language, seconds=round(crate.GRACE_S))
        self._console.print(said, markup=False, highlight=False, soft_wrap=True)

    def _one(self, job: Job, watcher: Watcher, outcome: Outcome) -> None:
        flashing = Flashing(self.bench, job, Stoppable(watcher, self._stop), outcome)
        if self._is_verify:
            flashing.verify()
        else:
            flashing.run()
        if outcome.is_online:
            self._guarded(lambda: self._make_label(outcome, watcher), outcome)

    def _make_label(self, outcome: Outcome, watcher: Watcher) -> None:
        outcome.step = "label"
        watcher.begins("label")
        language = self.bench.language
        name = "name" if language == "zh" else "name_en"
        halls = {hall["id"]: hall[name] or hall["name"] for hall in self.bench.hub.site()["halls"]}
        path = label.save(outcome, halls.get(outcome.hall, ""), self._labels, language)
        outcome.label = str(path)
        watcher.ends(path.name)

    def _guarded(self, work: Callable[[], None], outcome: Outcome) -> None:
        guard.guarded(work, outcome, self.bench.language, self.bench.hub)

    def prepare(self, job: ComputerJob) -> Outcome:
        """The folder of a Linux device, and its label."""
        computer = Computer(self.bench, job, metadata.version("hallhub"))
        outcome = computer.verify() if self._is_verify else computer.run()
        if not (outcome.fault or self._is_verify or self.bench.is_dry):
            self._guarded(lambda: self._make_label(outcome, Nobody()), outcome)
        return outcome

    def tell(self, outcomes: list[Outcome], path: Path | None) -> int:
        """The report: to its files, and to whoever asked. The exit code."""
        code = max((outcome.exit_code for outcome in outcomes), default=EXIT_USAGE)
        saved, fault = self._save(outcomes, path) if path is not None else ([], None)
        if self._is_json:
            click.echo(json.dumps(report.as_dicts(outcomes), ensure_ascii=False, indent=2))
        else:
            self._show(outcomes, saved)
        if self._is_verbose:
            click.echo(report.traces(outcomes), err=True, nl=False)
        if fault is None:
            return code
        click.echo(fault.say(self.bench.language), err=True)
        return code or fault.exit_code

    def _save(self, outcomes: list[Outcome], path: Path) -> tuple[list[Path], FlashFault | None]:
        try:
            return report.save(outcomes, path), None
        except OSError as error:
            return [], FlashFault("report", path=path, reason=error.strerror or error)

    def _show(self, outcomes: list[Outcome], saved: list[Path]) -> None:
        language = self.bench.language
        self._console.print(report.table(outcomes, language, self.bench.is_dry, self._console.width))
        for line in report.sentences(outcomes, language, self.bench.is_dry):
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        bad = sum(1 for outcome in outcomes if outcome.fault)
        lines = []
        if saved:
            facts = {"good": len(outcomes) - bad, "bad": bad, "report": ", ".join(map(str, saved))}
            lines.append(words("flash.summary", language, **facts))
        if bad:
            lines.append(words("flash.summary.again", language))
        for line in lines:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)


@click.command(
    epilog="Exit codes: 0 all boards are right; 1 one is not; 2 wrong command line or crate file; 3 no hub; "
    "4 this computer, a profile or an image is wrong; 130 interrupted."
)
@click.option("--port", help="Serial port of the board, such as /dev/ttyUSB0.")
@click.option("--device", help="Id of the device that this board becomes.")
@click.option("--crate", "crate_file", type=click.Path(path_type=Path), help="CSV: port,device[,image,drive,…].")
@click.option("--computer", type=click.Path(path_type=Path, file_okay=False), help="Folder of a Linux device.")
@click.option("--profile", default="", help="Board profile; without, the one for the chip that is found.")
@click.option("--profiles", type=click.Path(path_type=Path, file_okay=False), help="Your folder of profile overlays.")
@click.option("--image", is_flag=True, help="Write MicroPython first: the image that the profile's overlay names.")
@click.option("--drive", type=click.Path(path_type=Path), help="Where the board's UF2 drive is mounted.")
@click.option("--erase", is_flag=True, help="Empty the board's file system first.")
@click.option("--replace", is_flag=True, help="This board takes over the id: the key of the old board stops working.")
@click.option("--verify", is_flag=True, help="Only say whether the board is as it should be.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; change nothing.")
@hub_options
@click.option("--labels", type=click.Path(path_type=Path), default=Path("build/labels"), help="Where labels go.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), help="Report (.csv and .json beside it).")
@click.option("--esptool", "esptool_options", default="", help="Options for esptool, such as '--before no-reset'.")
@click.option("--patience", default=10.0, show_default=True, help="Seconds of silence after which a board is gone.")
@click.option("--online", default=60.0, show_default=True, help="Seconds to wait until the hub hears the device.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh")
@click.option("--json", "is_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--verbose", is_flag=True, help="Show the traceback of what nobody foresaw.")
def main(**told: object) -> None:
    """Make a board into a device of a running hub, or a crate of boards at once."""
    language = str(told["language"])
    try:
        sys.exit(run(told, language))
    except FlashFault as fault:
        click.echo(fault.say(language), err=True)
        sys.exit(fault.exit_code)
    except KeyboardInterrupt:  # before the first board, or after the last
        sys.exit(EXIT_INTERRUPTED)


def run(told: dict, language: str) -> int:  # type: ignore[type-arg]
    """The exit code. Raises FlashFault for what concerns all boards."""
    ways = [way for way in ("port", "crate_file", "computer") if told[way]]
    if len(ways) != 1 or bool(told["device"]) == bool(told["crate_file"]):
        raise click.UsageError("--port with --device, --computer with --device, or --crate")
    if told["computer"] and (told["drive"] or told["image"] or told["erase"]):
        raise click.UsageError("--drive, --image and --erase are of boards; a computer brings its own system")
    report_file, crate_file = told["report_file"], told["crate_file"]
    if report_file and crate_file and _is_same(report_file.with_suffix(".csv"), crate_file):
        raise click.UsageError("--report would overwrite the crate file; give it another name")
    elsewhere = away(click.get_current_context(), language)
    jobs = boards(told, language) if not told["computer"] else []
    hub = Hub.of_url(*elsewhere) if elsewhere else Hub.of_folder(told["folder"])
    try:
        desk = Desk(bench(told, hub, language), told)
        if told["computer"]:
            job = ComputerJob(told["computer"], told["device"], told["profile"], told["replace"])
            outcomes = [desk.prepare(job)]
        else:
            outcomes = desk.work(jobs)
        path = told["report_file"]
        if path is None and told["crate_file"]:
            path = told["crate_file"].with_name(told["crate_file"].stem + "-report.csv")
        return desk.tell(outcomes, path)
    finally:
        hub.close()


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def boards(told: dict, language: str) -> list[Job]:  # type: ignore[type-arg]
    """The one at the port, or those of the crate."""
    flags = {"is_image": told["image"], "is_replace": told["replace"], "is_erase": told["erase"]}
    if told["port"]:
        return [Job(told["port"], told["device"], told["profile"], drive=told["drive"], **flags)]
    if told["drive"]:
        raise click.UsageError("--drive is of one board; a crate file has a column drive")
    chosen = {"profile": told["profile"], **flags}
    jobs = crate.read(told["crate_file"], language, False if told["verify"] else flags["is_image"] or None)
    return [job._replace(**{name: value for name, value in chosen.items() if value}) for job in jobs]


def bench(told: dict, hub: Hub, language: str) -> Bench:  # type: ignore[type-arg]
    """What all boards share."""
    return Bench(
        hub,
        Compiler(metadata.version("hallhub")),
        language,
        told["dry_run"],
        told["profiles"],
        Esptool(told["esptool_options"].split()),
        told["patience"],
        told["online"],
    )


if __name__ == "__main__":
    for ending in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: the report is written
        if signal.getsignal(ending) is not signal.SIG_IGN:  # nohup
            signal.signal(ending, signal.default_int_handler)
    main()
