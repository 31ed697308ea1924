"""What a board is told about itself: the hub's board.json, with the board's own paths and its profile."""

import hashlib
import json
from typing import Any, NamedTuple

from board_profiles import Profile
from tools.flashing.hub import BoardFile

PATH = "/board.json"
KEYS = "/keys"


class Identity(NamedTuple):
    """``files``: path on the board → bytes, to be there before ``board`` is."""

    board: dict[str, Any]
    files: dict[str, bytes]

    @property
    def bytes(self) -> bytes:
        """board.json as it stands on the board."""
        return json.dumps(self.board, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def identity(given: BoardFile, profile: Profile, version: str, root: str = "") -> Identity:
    """Certificates get names from their content: the new ones never overwrite those that the old board.json names.

    ``root``: the device's folder on a computer.
    """
    broker = dict(given.board["broker"])
    files = {}
    for name, data in given.files.items():
        path = f"{root}{KEYS}/{name}-{hashlib.sha256(data).hexdigest()[:12]}.der"
        files[path] = data
        broker[name] = path
    tree = profile.device_tree(given.board["kind"])
    board = {**given.board, "broker": broker, "version": version, "data": tree["data"], "profile": tree}
    return Identity(board, files)


def parse(data: bytes | None) -> dict[str, Any]:
    """The board.json that a board has; empty when it has none that can be read."""
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def is_same_device(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether what waits in the outbox may be sent under the new name."""
    return all(old.get(key) == new[key] for key in ("site", "device", "kind"))


def holds_key_of(old: dict[str, Any], given: BoardFile) -> bool:
    """Whether this is the board that the hub knows by this id."""
    return all(old.get(key) == given.board[key] for key in ("site", "device", "password"))
