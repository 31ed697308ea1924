"""A Linux device's folder: the launcher, a tree in its slot, identity and keys, the unit that systemd starts,
the rules that name its plugs.

Written where the device runs, or elsewhere to be copied there whole. Safe to repeat and to interrupt, as an update is:
the tree goes into the slot that does not run, its manifest last, and each file beside the slots is replaced at once.
"""

import asyncio
import os
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from board_profiles import Profile, load, names
from firmware.update import boot
from firmware.update.install import install
from firmware.update.manifest import UpdateRefused
from firmware.update.slots import Slots
from firmware.words import words
from hub.update.build import BuildFault, build
from tools.flashing import identity as identities
from tools.flashing import placing
from tools.flashing.faults import FlashFault
from tools.flashing.guard import guarded
from tools.flashing.identity import Identity
from tools.flashing.outcome import Outcome
from tools.flashing.plugs import plug_files
from tools.flashing.steps import Bench
from tools.flashing.tree import Tree
from tools.flashing.watcher import Nobody, Watcher

ROOT = Path(__file__).resolve().parent.parent.parent
UNIT = "hallhub-device.service"
PACKAGES = "packages.txt"  # what the tree needs beside Python
LAUNCHER = (  # stands beside the slots, so that no update can break it
    "firmware/__init__.py",
    "firmware/update/__init__.py",
    "firmware/update/boot.py",
    "firmware/platform/__init__.py",
    "firmware/platform/linux/__init__.py",
    "firmware/platform/linux/launch.py",
    "drivers/__init__.py",
    "drivers/linux/__init__.py",
    "drivers/linux/watchdog.py",
)

# As root: the kernel's text console lets go of the screen. Its cursor and its messages would be drawn over the pages.
NO_TEXT_CONSOLE = (
    'for it in /sys/class/vtconsole/*; do if grep -q "frame buffer" "$it/name"; then echo 0 >"$it/bind"; fi; done'
)
_UNIT = """\
# Runs the device whose folder is {root}. From tools/flash.py --computer; docs/installing.md says how to install it.
[Unit]
Description=hallhub device
After=network-online.target sound.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=hallhub
SupplementaryGroups=audio dialout input lp plugdev video
AmbientCapabilities={capabilities}
Environment=PYTHONPATH={root}/launcher PYTHONDONTWRITEBYTECODE=1
ExecStartPre=-+/bin/sh -c '{no_text_console}'
ExecStart={root}/venv/bin/python -P -u -m firmware.platform.linux.launch {root}
Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=20
WatchdogSec=60
NotifyAccess=main
ProtectSystem=strict
ReadWritePaths={root} {data}
ProtectHome=yes
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
"""


class Job(NamedTuple):
    """``folder`` becomes that of ``device``. ``profile`` empty: the one that can be this kind."""

    folder: Path
    device: str
    profile: str = ""
    is_replace: bool = False


class _Files:
    """The tree's files as `install` asks for them."""

    def __init__(self, tree: Tree) -> None:
        self._data = {tree.sha256(path): data for path, data in tree.files.items()}

    async def fetch(self, sha256: str, offset: int, take: Any) -> None:
        take(self._data[sha256][offset:])


class Computer:
    """One device. `run` and `verify` return what came of it; they do not raise."""

    def __init__(self, bench: Bench, job: Job, version: str, watcher: Watcher | None = None) -> None:
        self._bench = bench
        self._job = job
        self._version = version
        self._watcher = watcher or Nobody()
        self._outcome = Outcome(port=str(job.folder), device=job.device)

    def run(self) -> Outcome:
        """Write what is not there or not right."""
        return self._guarded(self._write)

    def verify(self) -> Outcome:
        """Only compare; the outcome names the differences."""
        return self._guarded(self._compare)

    def _guarded(self, work: Callable[[], None]) -> Outcome:
        began_s = time.monotonic()
        guarded(lambda: self._in_folder(work), self._outcome, self._bench.language, self._bench.hub)
        self._outcome.seconds = round(time.monotonic() - began_s, 2)
        return self._outcome

    def _in_folder(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, UpdateRefused) as error:
            raise FlashFault("folder", folder=self._job.folder, said=error) from error

    def _compare(self) -> None:
        profile, tree, made = self._look()
        self._outcome.differences = self._differences(profile, tree, made)
        if self._outcome.differences:
            raise FlashFault("differs", port=self._job.folder, what=", ".join(self._outcome.differences))

    def _write(self) -> None:
        profile, tree, made = self._look()
        self._outcome.differences = self._differences(profile, tree, made)
        if self._bench.is_dry:
            return
        folder = self._job.folder
        self._begin("copy", sum(map(len, tree.files.values())))
        (folder / "slots").mkdir(parents=True, exist_ok=True)
        slots = Slots(str(folder))
        if not _holds(slots, tree):
            done = [0]

            def progress(now: int, total: int) -> None:
                self._watcher.advances(now - done[0])
                done[0] = now

            asyncio.run(install(slots, tree.manifest, _Files(tree), progress))
            self._outcome.sent_files, self._outcome.sent_bytes = len(tree.files), done[0]
            boot.write_state(str(folder), slots.disk, placing.wanted_state(slots.spare))
        self._watcher.ends(boot.read_state(str(folder), slots.disk)["active"])
        self._begin("identity")
        for path, data in self._beside(profile, made).items():
            if not _is(path, data):
                path.parent.mkdir(parents=True, exist_ok=True)
                _replace(path, data, is_secret=path.name == "board.json" or path.parent.name == "keys")
        self._watcher.ends(self._job.device)

    def _begin(self, step: str, total: int = 0) -> None:
        self._outcome.step = step
        self._watcher.begins(step, total)

    # --- what should be there

    def _look(self) -> tuple[Profile, Tree, Identity]:
        self._begin("hub")
        device = self._bench.hub.device(self._job.device)
        outcome = self._outcome
        outcome.kind, outcome.hall, outcome.place = device["kind"], device["hall"], device["place"]
        profile = self._profile(device["kind"])
        outcome.profile = profile.name
        self._watcher.ends(device["kind"])
        self._begin("compile")
        try:
            built = build(self._version, profile.name, profile.kinds, is_micropython=False)
        except BuildFault as fault:
            raise FlashFault("compile", said=fault) from None
        outcome.version = self._version
        self._watcher.ends(str(len(built.files)))
        self._begin("compare")
        given = self._bench.hub.board(self._job.device)
        old = identities.parse(_read(self._job.folder / "board.json"))
        if not identities.holds_key_of(old, given):
            if self._job.is_replace and not self._bench.is_dry:
                self._bench.hub.new_key(self._job.device)
                given = self._bench.hub.board(self._job.device)
            elif device["is_online"]:
                raise FlashFault("id_online", id=self._job.device, place=device["place"] or device["hall"] or "-")
        host = str(given.board["broker"]["host"])
        is_here = self._job.folder.resolve() == Path(profile.files.root).resolve()
        if not is_here and (host.startswith("127.") or host in ("localhost", "::1")):
            raise FlashFault("loopback", host=host)
        made = identities.identity(given, profile, self._version, profile.files.root)
        self._watcher.ends("")
        return profile, Tree(self._version, built.manifest, built.files), made

    def _profile(self, kind: str) -> Profile:
        overlays, language = self._bench.overlays, self._bench.language
        known = [profile for name in names() if not (profile := load(name, overlays, language)).is_micropython]
        fitting = [p for p in known if (p.name == self._job.profile if self._job.profile else kind in p.kinds)]
        if len(fitting) != 1:
            raise FlashFault(
                "which_computer", kind=words("kind." + kind, language), known=", ".join(p.name for p in known)
            )
        fitting[0].device_tree(kind)  # says what it can be, when it cannot be this
        return fitting[0]

    def _differences(self, profile: Profile, tree: Tree, made: Identity) -> list[str]:
        slots = Slots(str(self._job.folder))
        found = [] if _holds(slots, tree) else [f"slots/{slots.state['active']}"]
        beside = self._beside(profile, made)
        return found + [str(path.relative_to(self._job.folder)) for path, data in beside.items() if not _is(path, data)]

    def _beside(self, profile: Profile, made: Identity) -> dict[Path, bytes]:
        """Path → content of all that stands beside the slots, in the order in which it is written."""
        folder, root = self._job.folder, profile.files.root
        found = {folder / "launcher" / name: (ROOT / name).read_bytes() for name in LAUNCHER}
        found |= {folder / Path(path).relative_to(root): data for path, data in made.files.items()}
        found[folder / "board.json"] = made.bytes
        needs_raw = any(part["driver"] == "panel_colorlight" for part in made.board["profile"]["parts"].values())
        facts = {"root": root, "data": made.board["data"], "capabilities": "CAP_NET_RAW" if needs_raw else ""}
        facts["no_text_console"] = NO_TEXT_CONSOLE.replace("$", "$$")  # systemd's way to write one
        found[folder / UNIT] = _UNIT.format(**facts).encode()
        found |= {folder / name: text.encode() for name, text in plug_files(made.board["profile"]["parts"]).items()}
        found[folder / PACKAGES] = "".join(f"{name}\n" for name in packages()).encode()
        return found


def packages() -> list[str]:
    """What `pip install -r` gets: the extra linux-device of this project."""
    facts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(facts["project"]["optional-dependencies"]["linux-device"])


def _holds(slots: Slots, tree: Tree) -> bool:
    """Whether the slot that the next start chooses has exactly this tree."""
    slot = Path(slots.path(slots.state["active"]))
    if slots.state["trying"] or not _is(slot / boot.MANIFEST, tree.manifest):
        return False
    return all(_is(slot / path, data) for path, data in tree.files.items())


def _is(path: Path, data: bytes) -> bool:
    return _read(path) == data


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _replace(path: Path, data: bytes, is_secret: bool) -> None:
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if is_secret else 0o644)
    with open(fd, "wb") as file:
        file.write(data)
        boot.Disk().sync(file)
    new.rename(path)
