"""One board, checked: what the laptop needs to flash it, and what the board itself is told."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from board_profiles.chips import CHIPS, Chip
from board_profiles.heap import needed_kb, update_kb
from board_profiles.problems import Problems
from board_profiles.reading import Fitted, join, nearest, read_fitted, read_row, shown
from board_profiles.row_rules import check_keys_of_kind, check_row
from board_profiles.rules import (
    Pinout,
    buses_of,
    check_bus,
    check_clashes,
    check_free,
    check_network,
    check_pins,
    check_shared_buses,
    check_works_here,
)
from board_profiles.shape import FilesRow, HeapRow, ImageRow, KindRow, ProfileRow, WatchdogRow
from firmware.kinds import KINDS

SLOTS = 2


class KindFit(msgspec.Struct, frozen=True, kw_only=True):
    """How this board becomes a device of one kind. ``heap_kb``: in 64-bit words, None where memory is no matter."""

    parts: dict[str, Fitted]
    heap_kb: int | None
    data_kb: int


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A board profile that obeys every rule."""

    name: str
    title: str
    title_en: str
    chip: Chip
    sources: tuple[str, ...]
    image: ImageRow | None
    network: Fitted
    buses: dict[str, Fitted]
    led: Fitted | None
    watchdog: WatchdogRow | None
    heap: HeapRow | None
    files: FilesRow
    kinds: dict[str, KindFit]
    free: tuple[int, ...]
    folder: Path  # relative image paths start here
    language: str = "zh"

    @property
    def is_micropython(self) -> bool:
        """Flashed over a cable; else a computer with Linux, which gets the device as a package."""
        return bool(self.chip.port)

    def device_tree(self, kind: str) -> dict[str, Any]:
        """The ``profile`` of a board.json: only what a board of this kind needs to know about itself.

        Raises ProfileError when the board cannot be of this kind.
        """
        problems = Problems(self.name + ".toml", self.language)
        if kind not in self.kinds:
            problems.add("not_this_kind", "kinds", kind=kind, known=", ".join(self.kinds))
        problems.raise_all()
        parts = self.kinds[kind].parts
        used = [self.network, *parts.values()]
        buses = {bus.name: bus.told() for fitted in used for bus in buses_of(fitted, self.buses)}
        tree: dict[str, Any] = {
            "name": self.name,
            "chip": self.chip.name,
            "network": self.network.told(),
            "buses": buses,
            "parts": {name: fitted.told() for name, fitted in parts.items()},
            "data": self.files.data,
        }
        if self.led is not None:
            tree["led"] = self.led.told()
        if self.watchdog is not None:
            tree["watchdog_ms"] = self.watchdog.timeout_ms
        return tree

    def image_file(self) -> Path:
        """The MicroPython image, its SHA-256 compared. Raises ProfileError, saying what to put into the overlay."""
        problems = Problems(self.name + ".toml", self.language)
        path = self.folder / self.image.file if self.image is not None else Path()
        if self.image is None:
            problems.add("no_image_here", "image", chip=self.chip.name)
        elif not self.image.file or not self.image.sha256:
            problems.add("image_not_given", "image", build=self.image.build, name=self.name)
        elif not path.is_file():
            problems.add("no_image_file", "image.file", path=path)
        else:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found != self.image.sha256:
                problems.add("wrong_image", "image.sha256", path=path, found=found, wanted=self.image.sha256)
        problems.raise_all()
        return path


def build(name: str, tree: dict[str, Any], folder: Path, problems: Problems, language: str) -> Profile:
    """The profile in ``tree``. Raises ProfileError with every fault."""
    row = read_row(ProfileRow, tree, "", problems)
    found = _Parts(tree, problems)
    chip = _chip(tree, problems)
    if chip is not None:
        _check_board(tree, chip, found, problems)
        _check_sizes(tree, chip, found, problems)
    problems.raise_all()
    assert row is not None
    assert chip is not None
    assert found.network is not None
    return Profile(
        name=name,
        title=row.title,
        title_en=row.title_en,
        chip=chip,
        sources=tuple(row.sources),
        image=row.image,
        network=found.network,
        buses=found.buses,
        led=found.led,
        watchdog=row.watchdog,
        heap=row.heap,
        files=row.files,
        kinds=found.kinds,
        free=tuple(sorted(row.free)),
        folder=folder,
        language=language,
    )


class _Parts:
    """Everything with a driver, as far as it could be read."""

    def __init__(self, tree: dict[str, Any], problems: Problems) -> None:
        self._problems = problems
        self.network = read_fitted(tree["network"], "network", "network", problems) if "network" in tree else None
        self.led = read_fitted(tree["led"], "led", "led", problems) if "led" in tree else None
        self.buses = self._fitted(tree.get("buses", {}), "buses", "bus")
        self.kinds: dict[str, KindFit] = {}
        kinds = tree.get("kinds", {})
        for kind, raw in (kinds if isinstance(kinds, dict) else {}).items():
            self._read_kind(kind, raw)

    def _read_kind(self, kind: str, raw: Any) -> None:
        key = join("kinds", kind)
        if kind not in KINDS:
            known = list(KINDS)
            self._problems.add("unknown_kind", key, known=", ".join(known), guess=nearest(kind, known))
            return
        row = read_row(KindRow, raw, key, self._problems)
        parts = self._fitted(raw.get("parts", {}) if isinstance(raw, dict) else {}, join(key, "parts"), "part")
        wanted = KINDS[kind].parts
        possible = wanted + KINDS[kind].options
        for part, fitted in parts.items():
            if part not in possible:
                self._problems.add("unknown_part", fitted.key, kind=kind, known=", ".join(possible))
            elif fitted.driver.part != part:
                self._problems.add("wrong_part", join(fitted.key, "driver"), value=fitted.driver.name, part=part)
        written = raw.get("parts") if isinstance(raw, dict) else None
        for part in wanted:
            if isinstance(written, dict) and part not in written:
                self._problems.add("missing_part", join(key, "parts"), kind=kind, missing=part)
        if row is not None:
            self.kinds[kind] = KindFit(parts=parts, heap_kb=row.heap_kb, data_kb=row.data_kb)

    def _fitted(self, raw: Any, key: str, place: str) -> dict[str, Fitted]:
        found = {}
        for name, table in (raw if isinstance(raw, dict) else {}).items():
            fitted = read_fitted(table, join(key, name), place, self._problems, name)
            if fitted is not None:
                found[name] = fitted
        return found


def _chip(tree: dict[str, Any], problems: Problems) -> Chip | None:
    name = tree.get("chip")
    if not isinstance(name, str):
        return None  # reported with the row
    if name not in CHIPS:
        problems.add("unknown_chip", "chip", value=shown(name), known=", ".join(CHIPS))
    return CHIPS.get(name)


def _check_board(tree: dict[str, Any], chip: Chip, found: _Parts, problems: Problems) -> None:
    psram = tree.get("psram", "none")
    free = tree.get("free", [])
    held = {**chip.held, **dict.fromkeys(chip.held_by_psram.get(str(psram), ()), "psram")}
    pinout = Pinout(
        chip, held, frozenset(pin for pin in free if isinstance(pin, int)) if isinstance(free, list) else frozenset()
    )
    on_board = [one for one in (found.network, found.led) if one is not None]
    board_buses = [bus for one in on_board for bus in buses_of(one, found.buses)]
    parts = [part for kind in found.kinds.values() for part in kind.parts.values()]
    part_buses = [bus for part in parts for bus in buses_of(part, found.buses) if bus not in board_buses]
    check_free(pinout, on_board + board_buses, problems)
    for one in [*on_board, *found.buses.values(), *parts]:
        check_works_here(one, chip, problems)
        check_row(one, problems)
        list(buses_of(one, found.buses, problems))
    for one in [*on_board, *board_buses]:
        check_pins(one, pinout, True, problems)
    for one in [*part_buses, *parts]:  # a bus that nothing names is not wired
        check_pins(one, pinout, False, problems)
    for bus in found.buses.values():
        check_bus(bus, chip, problems)
    check_network(found.network, found.buses, problems)
    for name, kind in found.kinds.items():
        for part in kind.parts.values():
            check_keys_of_kind(part, name, problems)
        check_shared_buses([*on_board, *kind.parts.values()], problems)
        used = on_board + board_buses
        used += [bus for part in kind.parts.values() for bus in buses_of(part, found.buses) if bus not in used]
        check_clashes(used + list(kind.parts.values()), chip, problems)


def _check_sizes(tree: dict[str, Any], chip: Chip, found: _Parts, problems: Problems) -> None:
    """Watchdog, heap and flash have room for what the kinds need. A table that is wrong in itself is told elsewhere."""
    unheard = Problems("")
    watchdog, heap, files = (
        read_row(cls, tree.get(key), key, unheard)
        for key, cls in (("watchdog", WatchdogRow), ("heap", HeapRow), ("files", FilesRow))
    )
    if isinstance(watchdog, WatchdogRow):
        _check_watchdog(watchdog, chip, problems)
    for key in ("image", "watchdog", "heap"):
        if chip.port in ("esp32", "rp2") and key not in tree:
            problems.add("needed_here", key, chip=chip.name)
    _check_image(tree, chip, problems)
    for name, kind in found.kinds.items():
        key = join("kinds", name)
        if isinstance(files, FilesRow):
            _check_flash(kind, join(key, "data_kb"), files, problems)
        if isinstance(heap, HeapRow):
            _check_heap(name, kind, heap, chip, problems)


def _check_image(tree: dict[str, Any], chip: Chip, problems: Problems) -> None:
    image = read_row(ImageRow, tree.get("image"), "image", Problems(""))
    if "image" in tree and chip.port not in ("esp32", "rp2"):
        problems.add("no_image_here", "image", chip=chip.name)
    elif image is not None and image.is_uf2 != (chip.image_offset is None):
        problems.add("not_uf2" if image.is_uf2 else "uf2_only", "image.is_uf2", chip=chip.name)
    elif image is not None and image.offset != (chip.image_offset or 0):
        problems.add("image_offset", "image.offset", chip=chip.name, offset=hex(chip.image_offset or 0))


def _check_watchdog(watchdog: WatchdogRow, chip: Chip, problems: Problems) -> None:
    shortest_ms, longest_ms = chip.watchdog_ms
    if not shortest_ms <= watchdog.timeout_ms <= longest_ms:
        facts = {"chip": chip.name, "shortest": shortest_ms, "longest": longest_ms}
        problems.add("watchdog_range" if longest_ms else "no_watchdog", "watchdog.timeout_ms", **facts)


def _check_flash(kind: KindFit, key: str, files: FilesRow, problems: Problems) -> None:
    slots_kb = SLOTS * files.slot_kb
    rom_kb = files.rom_kb or 0
    left_kb = files.size_kb - slots_kb - rom_kb
    if kind.data_kb > left_kb:
        facts = {"left": max(left_kb, 0), "size": files.size_kb, "slots": slots_kb, "rom": rom_kb}
        problems.add("flash_too_small", key, **facts)


def _check_heap(name: str, kind: KindFit, heap: HeapRow, chip: Chip, problems: Problems) -> None:
    key = join("kinds", name)
    most_kb = heap.board_kb * 64 // chip.word_bits
    drivers = [part.driver.name for part in kind.parts.values()]
    need_kb, for_update_kb = needed_kb(name, drivers), update_kb(name, drivers)
    if most_kb < for_update_kb:
        board_kb = (for_update_kb * chip.word_bits + 63) // 64
        problems.add("heap_of_update", "heap.board_kb", kind=name, need=board_kb, board=heap.board_kb)
    if kind.heap_kb is None:
        problems.add("missing_key", key, missing="heap_kb", right=problems.right("kb"))
    elif kind.heap_kb > most_kb:
        facts = {"most": most_kb, "board": heap.board_kb, "bits": chip.word_bits}
        problems.add("heap_too_small", join(key, "heap_kb"), **facts)
    elif kind.heap_kb < need_kb:
        written = join(key, "heap_kb")
        problems.add("heap_of_kind", written, kind=name, parts=", ".join(drivers), need=need_kb, budget=kind.heap_kb)
