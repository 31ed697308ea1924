"""One board from its box to the hub: the steps in their order, each verified, each safe to be torn off and repeated.

What makes it safe: a tree goes into the slot that nobody runs, its manifest last; the switch of slots, board.json,
boot.py and main.py are each replaced by one rename; and while board.json, boot.py and the tree do not fit together,
there is no main.py, so the board waits at its prompt.
"""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from board_profiles import Profile, load, names
from firmware.update.boot import MANIFEST
from firmware.update.safe import SafeMode
from tools.flashing import compile as compiling
from tools.flashing import identity as identities
from tools.flashing import image, placing
from tools.flashing.board import Board, Facts, Stored
from tools.flashing.compile import Compiler
from tools.flashing.faults import FlashFault
from tools.flashing.guard import guarded
from tools.flashing.hub import BoardFile, Hub
from tools.flashing.identity import Identity
from tools.flashing.outcome import Outcome
from tools.flashing.placing import Placement
from tools.flashing.tree import Tree
from tools.flashing.watcher import Nobody, Watcher

DATA = "/data"
MAIN = "/main.py"
LOST = ("no_port", "no_answer", "unplugged")  # faults that say that there is no board to talk to
ONLINE_S = 60.0
RESERVE_BYTES = 16 * 4096  # for the outbox, the state file, and what littlefs itself needs
HEARTBEAT_S = 3.0  # from the first word of a device until the hub has its first heartbeat
PLUGGED_AGAIN_S = 15.0  # for the port of a board that just got its image


class Job(NamedTuple):
    """What to do with the board at ``port``. ``profile`` empty: the one for its chip."""

    port: str
    device: str
    profile: str = ""
    is_image: bool = False
    is_replace: bool = False
    is_erase: bool = False
    drive: Path | None = None


class Bench(NamedTuple):
    """What all boards share. ``is_dry``: look, change nothing. ``overlays``: the operator's folder of profiles."""

    hub: Hub
    compiler: Compiler
    language: str = "zh"
    is_dry: bool = False
    overlays: Path | None = None
    esptool: image.Esptool = image.Esptool()
    patience_s: float = 10.0
    online_s: float = ONLINE_S
    drives: image.Drives = image.Drives()


class Flash(NamedTuple):
    """What is on the board, and what should be."""

    stored: dict[str, Stored]
    state: bytes | None
    board: dict[str, Any]
    tree: Tree
    placement: Placement
    identity: Identity
    is_ours: bool  # the board has the key that the hub knows
    differences: list[str]


class Flashing:
    """One board. `run` does all of it and returns what came of it, in ``outcome``; it does not raise."""

    def __init__(self, bench: Bench, job: Job, watcher: Watcher | None = None, outcome: Outcome | None = None) -> None:
        self._bench = bench
        self._job = job
        self._watcher = watcher or Nobody()
        self._board = Board(job.port, bench.patience_s)
        self._outcome = outcome or Outcome(port=job.port, device=job.device)
        self._is_stopped = False
        self._began_s = time.monotonic()

    def run(self) -> Outcome:
        """Flash it."""
        return self._guarded(self._flash)

    def verify(self) -> Outcome:
        """Only compare what is on the board with what should be; the outcome names the differences."""
        return self._guarded(self._verify)

    def _guarded(self, work: Callable[[], None]) -> Outcome:
        for part in (work, self._let_go):
            guarded(part, self._outcome, self._bench.language, self._bench.hub)
        self._outcome.seconds = round(time.monotonic() - self._began_s, 2)
        return self._outcome

    def _let_go(self) -> None:
        """A board that was only looked at goes on with its work."""
        try:
            if self._is_stopped and self._outcome.code not in LOST:
                self._board.reset()
        except FlashFault:
            pass  # it went just now; it starts when it has power again
        self._board.close()

    def _flash(self) -> None:
        device = self._ask_hub()
        if self._job.is_image:
            self._write_image()
            if self._bench.is_dry:
                return  # what the old program would say of itself is no matter
        profile, flash = self._look(device)
        self._check_conflict(device, flash)
        if self._bench.is_dry:
            return
        if self._job.is_erase:
            flash = self._erase(profile, flash.board)
        self._check_space(flash)
        self._copy_tree(flash)
        self._write_identity(profile, flash)
        self._begin("restart")
        self._restart()
        self._watcher.ends("")
        self._wait_online(device, flash.tree)

    def _verify(self) -> None:
        device = self._ask_hub()
        _, flash = self._look(device)
        if flash.differences:
            raise FlashFault("differs", port=self._job.port, what=", ".join(flash.differences))

    # --- before the board is touched

    def _begin(self, step: str, total: int = 0) -> None:
        self._outcome.step = self._board.step = step
        self._watcher.begins(step, total)

    def _ask_hub(self) -> dict[str, Any]:
        """Who this is to be."""
        self._begin("hub")
        device = self._bench.hub.device(self._job.device)
        self._outcome.kind, self._outcome.hall, self._outcome.place = device["kind"], device["hall"], device["place"]
        self._watcher.ends(device["kind"])
        return device

    def _write_image(self) -> None:
        self._begin("image", 100)
        profile = self._profile_for_image()
        row = profile.image
        is_uf2 = row is not None and row.is_uf2
        drives, esptool, port = self._bench.drives, self._bench.esptool, self._job.port
        path = drives.check(profile) if is_uf2 else esptool.check(port, profile)
        if self._bench.is_dry:
            self._outcome.differences = [path.name]
            return
        if is_uf2:
            drives.write(path, self._job.drive, self._watcher)
        elif row is not None:
            esptool.write(port, path, row.offset, self._job.is_erase, self._watcher)
        self._watcher.ends(path.name)

    def _profile_for_image(self) -> Profile:
        """A drive does not say what is soldered beside its chip, and a board that shows one has no port to ask."""
        if self._job.profile:
            return self._load(self._job.profile)
        if self._job.drive is not None:
            known = [profile.name for name in names() if (profile := self._load(name)).image and profile.image.is_uf2]
            raise FlashFault("which_profile", port=self._job.drive, found="UF2", known=", ".join(known))
        return self._profile_of(self._bench.esptool.chip(self._job.port))

    def _load(self, name: str) -> Profile:
        return load(name, self._bench.overlays, self._bench.language)

    def _profile_of(self, chip: str) -> Profile:
        """The one profile of this chip."""
        found = [profile for name in names() if (profile := self._load(name)).chip.name == chip]
        if len(found) != 1:
            raise FlashFault("which_profile", port=self._job.port, found=chip, known=", ".join(names()))
        return found[0]

    # --- looking

    def _look(self, device: dict[str, Any]) -> tuple[Profile, Flash]:
        """Find the board, compile for it, and compare."""
        self._begin("find")
        self._connect()
        facts = self._board.facts()
        profile = self._load(self._job.profile) if self._job.profile else self._profile_of(facts.chip)
        self._note_board(facts, profile)
        if facts.chip != profile.chip.name:
            raise FlashFault(
                "wrong_chip", port=self._job.port, found=facts.chip, profile=profile.name, wanted=profile.chip.name
            )
        profile.device_tree(device["kind"])
        old = identities.parse(self._board.read(identities.PATH))
        awake = old.get("profile", {}) if isinstance(old.get("profile"), dict) else {}
        if awake.get("watchdog_ms"):
            self._board.wake_watchdog(int(awake["watchdog_ms"]))
        self._watcher.ends(facts.name)
        self._begin("compile")
        tree = self._compiled(profile, facts.mpy)
        self._outcome.version = tree.version
        self._watcher.ends(f"{len(tree.files)}")
        return profile, self._compare(profile, tree, old)

    def _compiled(self, profile: Profile, mpy: int) -> Tree:
        """Takes long on a slow computer, and where other boards are waited for; that bites no board."""

        def work() -> Tree:
            tree = self._bench.compiler.tree(profile, mpy)
            compiling.root_files()  # kept, so that nothing is compiled later
            return tree

        return self._board.fed_during(work, lambda: self._watcher.advances(0))

    def _connect(self) -> None:
        """A board that just got its image takes a moment to come back."""
        until = time.monotonic() + (PLUGGED_AGAIN_S if self._job.is_image else 0)
        while True:
            try:
                self._board.connect()
                self._is_stopped = True
                return
            except FlashFault as fault:
                if fault.code not in LOST or time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def _note_board(self, facts: Facts, profile: Profile) -> None:
        self._outcome.board, self._outcome.profile = facts.name, profile.name
        self._outcome.mac, self._outcome.unique_id = facts.mac, facts.unique_id

    def _compare(self, profile: Profile, tree: Tree, old: dict[str, Any]) -> Flash:
        self._begin("compare")
        given = self._bench.hub.board(self._job.device)
        self._check_reach(given, profile)
        stored, folders = self._board.files()
        state = self._board.read(placing.STATE)
        placement = placing.place(tree, stored, folders, state)
        made = identities.identity(given, profile, tree.version)
        flash = Flash(stored, state, old, tree, placement, made, identities.holds_key_of(old, given), differences=[])
        flash.differences.extend(self._differences(flash))
        self._outcome.differences = list(flash.differences)
        self._watcher.ends(", ".join(flash.differences) or "=")
        return flash

    def _differences(self, flash: Flash) -> list[str]:
        """Paths, and the slots as a whole; secrets are compared, never told."""
        found = []
        if not flash.placement.is_right:
            found.append(f"/slots/{flash.placement.slot}")
        elif not placing.is_state_right(flash.placement.slot, flash.state):
            found.append(placing.STATE)
        if flash.board != flash.identity.board:
            found.append(identities.PATH)
        wanted = {**flash.identity.files, **compiling.root_files()}
        return found + [path for path, data in wanted.items() if not _is_stored(flash.stored, path, data)]

    def _check_conflict(self, device: dict[str, Any], flash: Flash) -> None:
        """Another board is at work under this id, and nobody said that this one takes over."""
        if device["is_online"] and not flash.is_ours and not self._job.is_replace:
            raise FlashFault("id_online", id=self._job.device, place=device["place"] or device["hall"] or "-")

    def _check_reach(self, given: BoardFile, profile: Profile) -> None:
        """A board cannot reach the loopback address of the hub's machine."""
        host = str(given.board["broker"]["host"])
        if profile.chip.port != "unix" and (host.startswith("127.") or host in ("localhost", "::1")):
            raise FlashFault("loopback", host=host)

    # --- changing

    def _erase(self, profile: Profile, old: dict[str, Any]) -> Flash:
        """All files; what starts the board goes first. board.json stays until it is replaced: it says whose board this
        is, should this be torn off."""
        stored, folders = self._board.files()
        rest = [*sorted(stored.keys() - {MAIN, "/boot.py", identities.PATH}), *sorted(folders, reverse=True)]
        self._begin("erase", 2 + len(rest))
        for path in (MAIN, "/boot.py", *rest):
            self._board.remove(path)
            self._watcher.advances(1)
        self._watcher.ends("")
        return self._compare(profile, self._compiled(profile, self._board.facts().mpy), old)

    def _check_space(self, flash: Flash) -> None:
        needed = placing.needed_bytes(flash.placement, flash.stored) + RESERVE_BYTES
        free = self._board.free_bytes()
        if not flash.placement.is_right and needed > free:
            raise FlashFault("no_space", port=self._job.port, needed=needed // 1024, free=free // 1024)

    def _copy_tree(self, flash: Flash) -> None:
        placement = flash.placement
        root = f"/slots/{placement.slot}/"
        self._begin("copy", placement.send_bytes)
        if self._is_unfit(flash):
            self._board.remove(MAIN)
        if not placement.is_right:
            if placement.is_spoilt:
                self._board.remove(root + MANIFEST)
            for path in placement.remove:
                self._board.remove(path)
            for source, path, sha256 in placement.copy:
                self._board.copy(source, path, sha256)
            for path, data in placement.send.items():
                if path != root + MANIFEST:
                    self._board.write(path, data, self._watcher.advances)
            self._board.replace(root + MANIFEST, placement.send[root + MANIFEST], self._watcher.advances)
        self._outcome.sent_files, self._outcome.sent_bytes = len(placement.send), placement.send_bytes
        self._watcher.ends(f"{len(placement.send)} · {placement.send_bytes // 1024} kB")
        self._begin("switch")
        if not placing.is_state_fresh(placement.slot, flash.state):
            self._board.replace(placing.STATE, json.dumps(placing.wanted_state(placement.slot)).encode())
        self._watcher.ends(placement.slot)

    def _is_unfit(self, flash: Flash) -> bool:
        """From here on the parts on the flash do not fit together until all is done."""
        starts = {path: data for path, data in compiling.root_files().items() if path != MAIN}
        is_stale = not all(_is_stored(flash.stored, path, data) for path, data in starts.items())
        is_other = not identities.is_same_device(flash.board, flash.identity.board)
        return MAIN in flash.stored and (is_other or is_stale)

    def _write_identity(self, profile: Profile, flash: Flash) -> None:
        """Keys, board.json, then what starts it."""
        self._begin("identity")
        made = flash.identity
        if self._job.is_replace and not flash.is_ours:
            self._bench.hub.new_key(self._job.device)
            given = self._bench.hub.board(self._job.device)
            made = identities.identity(given, profile, flash.tree.version)
        if not identities.is_same_device(flash.board, made.board):
            self._board.remove(DATA)
        self._board.make_folder(str(made.board["data"]))
        for path, data in made.files.items():
            self._put(flash, path, data)
        if flash.board != made.board:
            self._board.replace(identities.PATH, made.bytes)
        stale = [path for path in flash.stored if path.startswith(identities.KEYS + "/") and path not in made.files]
        for path in stale:
            self._board.remove(path)
        for path, data in compiling.root_files().items():
            self._put(flash, path, data, self._is_unfit(flash) and path == MAIN)
        self._watcher.ends(self._job.device)

    def _put(self, flash: Flash, path: str, data: bytes, is_gone: bool = False) -> None:
        if is_gone or not _is_stored(flash.stored, path, data):
            self._board.replace(path, data)

    # --- afterwards

    def _restart(self) -> None:
        self._board.reset()
        self._is_stopped = False

    def _wait_online(self, before: dict[str, Any], tree: Tree) -> None:
        """Until the hub has heard a new start of this device, with this version."""
        self._begin("online")
        until = time.monotonic() + self._bench.online_s
        while True:
            self._watcher.advances(0)
            seen = self._bench.hub.device(self._job.device)
            said = self._board.heard()
            if seen["is_online"] and seen["boot"] != before["boot"]:
                break
            if time.monotonic() > until:
                raise FlashFault("not_online", id=self._job.device, said=said or "-")
            time.sleep(0.1)
        if seen["version"] != tree.version:
            raise FlashFault("other_version", id=self._job.device, found=seen["version"], wanted=tree.version)
        self._check_start(self._board.complaint())
        self._outcome.is_online = True
        self._watcher.ends(seen["version"])

    def _check_start(self, complaint: str) -> None:
        """Its program failed meanwhile: only the first heartbeat tells whether it is at work or in safe mode."""
        until = time.monotonic() + HEARTBEAT_S
        while complaint and time.monotonic() < until:
            if self._bench.hub.device(self._job.device)["fault"] == SafeMode.fault:
                raise FlashFault("safe_mode", id=self._job.device, said=complaint)
            time.sleep(0.1)


def _is_stored(stored: dict[str, Stored], path: str, data: bytes) -> bool:
    return path in stored and stored[path].sha256 == hashlib.sha256(data).hexdigest()
