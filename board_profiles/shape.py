"""The shape of a profile file, without what depends on a driver."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

Text = Annotated[str, Meta(min_length=1, max_length=80, extra={"right": "text"})]
Tables = Annotated[dict[str, dict[str, Any]], Meta(extra={"right": "tables"})]
Table = Annotated[dict[str, Any], Meta(extra={"right": "table"})]
Sha256 = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$", extra={"right": "sha256"})]
Kb = Annotated[int, Meta(ge=1, le=16_777_216, extra={"right": "kb"})]
DataKb = Annotated[int, Meta(ge=0, le=16_777_216, extra={"right": "kb"})]
Ms = Annotated[int, Meta(ge=1, le=3_600_000, extra={"right": "ms"})]
Path = Annotated[str, Meta(pattern="^/[a-z0-9/_-]*$", extra={"right": "folder"})]
FreePins = Annotated[list[int], Meta(extra={"right": "pins"})]
Urls = Annotated[list[str], Meta(min_length=1, extra={"right": "sources"})]


class ImageRow(msgspec.Struct, frozen=True, kw_only=True):
    """The MicroPython image. ``file`` and ``sha256`` are the operator's, in the overlay: nothing is downloaded."""

    build: Text  # the name under which MicroPython publishes it
    file: Annotated[str, Meta(extra={"right": "file"})] = ""
    sha256: Sha256 = ""
    offset: Annotated[int, Meta(ge=0, extra={"right": "offset"})] = 0  # in flash, for chips that are written so
    is_uf2: Annotated[bool, Meta(extra={"right": "flag"})] = False


class FilesRow(msgspec.Struct, frozen=True, kw_only=True):
    """The file system that devices live in: /boot.py, /main.py, /board.json, two slots, and the data folder.

    ``root`` is where these stand; a slot holds firmware/ and drivers/, and room to write the next version. ``size_kb``:
    the flash behind MicroPython. ``rom_kb`` of that are the ROM partition (ROMFS), if the image has one; the tree that
    runs is laid there and takes less heap. The rest is the file system.
    """

    system: Annotated[str, Meta(pattern="^(littlefs|host)$", extra={"right": "system"})]
    size_kb: Kb
    slot_kb: Kb
    rom_kb: Kb | None = None
    root: Path = "/"
    data: Path = "/data"


class WatchdogRow(msgspec.Struct, frozen=True, kw_only=True):
    """Resets the board when it was not fed for so long."""

    timeout_ms: Ms


class HeapRow(msgspec.Struct, frozen=True, kw_only=True):
    """What MicroPython's garbage collector has on this board, after boot, at least."""

    board_kb: Kb


class KindRow(msgspec.Struct, frozen=True, kw_only=True):
    """What this board needs to be a device of one kind.

    ``heap_kb`` is the budget of the role with agent and parts, in words of 64 bits, as the PC port counts; a 32-bit
    board needs half of it. ``data_kb``: what it keeps in the data folder (outbox, clips).
    """

    parts: Tables
    heap_kb: Kb | None = None
    data_kb: DataKb = 64


class ProfileRow(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file. ``network``, ``led``, ``buses`` and parts are read by the driver that they name."""

    title: Text
    title_en: Text
    chip: Text
    sources: Urls
    psram: Annotated[str, Meta(pattern="^(none|quad|octal)$", extra={"right": "psram"})] = "none"
    free: FreePins = []  # pins on connectors, used by nothing on the board
    image: ImageRow | None = None
    network: Table
    buses: Tables = {}
    led: Table | None = None
    watchdog: WatchdogRow | None = None
    heap: HeapRow | None = None
    files: FilesRow
    kinds: Tables
