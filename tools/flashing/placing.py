"""Which slot a tree goes into, and what of it is missing there: pure, from what is on the flash."""

import json
from typing import Any, NamedTuple

from firmware.update.boot import MANIFEST, TRIES, other
from tools.flashing.board import BLOCK_BYTES, Stored
from tools.flashing.tree import Tree

STATE = "/slots/state.json"


class Placement(NamedTuple):
    """What to do so that ``slot`` holds the tree: paths are on the board.

    ``copy`` is (from, to, SHA-256): the other slot has the same bytes. ``send`` is path → bytes. ``is_spoilt``: a
    manifest stands there that must go first, so that nobody starts what is neither the old nor the new tree.
    """

    slot: str
    is_spoilt: bool = False
    remove: tuple[str, ...] = ()
    copy: tuple[tuple[str, str, str], ...] = ()
    send: dict[str, bytes] = {}

    @property
    def is_right(self) -> bool:
        """Nothing to do."""
        return not (self.remove or self.copy or self.send)

    @property
    def send_bytes(self) -> int:
        """Over the wire."""
        return sum(len(data) for data in self.send.values())


def place(tree: Tree, stored: dict[str, Stored], folders: list[str], state: bytes | None) -> Placement:
    """The slot that has the whole tree; else the one that nobody runs."""
    active = _active(stored, state)
    for slot in (active, other(active)):
        placement = _fill(tree, slot, stored, folders)
        if placement.is_right:
            return placement
    slot = other(active) if f"/slots/{active}/{MANIFEST}" in stored else active
    return _fill(tree, slot, stored, folders)


def wanted_state(slot: str) -> dict[str, Any]:
    """``slots/state.json`` of a board that runs this slot and has nothing on trial."""
    return {"active": slot, "trying": "", "boots": 0, "offer": [], "failed": []}


def is_state_right(slot: str, state: bytes | None) -> bool:
    """Whether a start takes this slot, in the usual way."""
    found = _read(state)
    boots = found.get("boots", 0)
    return found.get("active") == slot and not found.get("trying") and isinstance(boots, int) and boots <= TRIES


def is_state_fresh(slot: str, state: bytes | None) -> bool:
    """Whether it is right, and no start is counted against the tree."""
    return _read(state) == wanted_state(slot)


def needed_bytes(placement: Placement, stored: dict[str, Stored]) -> int:
    """Of flash, beyond what is freed first; littlefs spends whole blocks."""
    gone = [stored[path].size for path in placement.remove if path in stored]
    come = [stored[source].size for source, _, _ in placement.copy]
    come += [len(data) - (stored[path].size if path in stored else 0) for path, data in placement.send.items()]
    return sum(_blocks(size) for size in come) - sum(_blocks(size) for size in gone)


def _blocks(size: int) -> int:
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES


def _fill(tree: Tree, slot: str, stored: dict[str, Stored], folders: list[str]) -> Placement:
    root = f"/slots/{slot}"
    wanted = {f"{root}/{path}": data for path, data in tree.files.items()}
    manifest = f"{root}/{MANIFEST}"
    there = {path for path in stored if path.startswith(root + "/")}
    needed = {path.rpartition("/")[0] for path in wanted}
    stray = {path for path in folders if path.startswith(root + "/") and not any(_in(n, path) for n in needed)}
    remove = {
        path for path in there if path not in wanted and path != manifest and not any(_in(path, one) for one in stray)
    }
    remove |= {path for path in stray if not any(path != above and _in(path, above) for above in stray)}
    copy, send = [], {}
    for path, data in sorted(wanted.items()):
        sha256 = tree.sha256(path[len(root) + 1 :])
        if path in stored and stored[path].sha256 == sha256:
            continue
        twin = f"/slots/{other(slot)}/{path[len(root) + 1 :]}"
        if twin in stored and stored[twin].sha256 == sha256:
            copy.append((twin, path, sha256))
        else:
            send[path] = data
    if not (remove or copy or send) and stored.get(manifest, Stored(0, "")).sha256 == tree.digest:
        return Placement(slot)
    send[manifest] = tree.manifest  # the last of the dict, and the last to be written
    return Placement(slot, manifest in stored, tuple(sorted(remove)), tuple(copy), send)


def _in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")


def _active(stored: dict[str, Stored], state: bytes | None) -> str:
    """As `firmware.update.boot` finds it."""
    found = _read(state).get("active")
    if found in ("a", "b"):
        return str(found)
    return "a" if f"/slots/a/{MANIFEST}" in stored or f"/slots/b/{MANIFEST}" not in stored else "b"


def _read(state: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(state or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
