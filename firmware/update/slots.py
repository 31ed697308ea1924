"""The two slots of a board as the running tree sees them: which one to fill, and the moves of their state."""

from firmware.update.boot import MANIFEST, Disk, exists, give_up, other, read_state, replace, slot_path, write_state

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


class Slots:
    """``root`` is empty on a board; ``running`` is the slot of the tree that runs now.

    Each move is one rename of the state file. Raises OSError when the flash does not take it.
    """

    def __init__(self, root: str = "", running: str = "", disk: "Any" = None) -> None:
        self.root = root
        self.disk = disk or Disk()
        self.state = read_state(root, self.disk)
        self.running = running or self.state["trying"] or self.state["active"]
        self.spare = other(self.running)

    def path(self, slot: str) -> str:
        return slot_path(self.root, slot)

    def is_whole(self, slot: str) -> bool:
        """Whether the slot holds a whole tree: its manifest is written last and removed first."""
        return exists(self.disk, self.path(slot) + "/" + MANIFEST)

    def settle(self) -> None:
        """Before the spare slot changes: the tree that runs is the one to come back to. Raises OSError on trial."""
        if self.state["trying"]:
            raise OSError("the tree that runs is on trial; the slot beside it must stay as it is")
        if self.state["active"] != self.running:
            self._move(active=self.running)

    def spoil_spare(self) -> None:
        """The spare slot is about to change: nobody may start it until it is whole again."""
        if self.is_whole(self.spare):
            self.disk.remove(self.path(self.spare) + "/" + MANIFEST)

    def finish_spare(self, manifest: bytes) -> None:
        """Every file of the spare slot is there and right."""
        replace(self.disk, self.path(self.spare) + "/" + MANIFEST, manifest)

    def begin_trial(self, offer: "list[Any]") -> None:
        """From the next start on, the spare slot's tree runs on trial. ``offer``: [digest, epoch, rev]."""
        self._move(trying=self.spare, boots=0, offer=offer)

    def keep(self) -> None:
        """The tree on trial has proven itself."""
        if self.state["trying"] == self.running:
            self._move(active=self.running, trying="", boots=0, offer=[], failed=[])

    def take_back(self, reason: str) -> None:
        """The tree on trial is given up; the one before it runs from the next start on."""
        if self.state["trying"]:
            state = dict(self.state)
            give_up(state, reason)
            self._write(state)

    def note_failure(self, offer: "list[Any]", reason: str) -> None:
        """This offer will not be taken, and is not to be looked at again."""
        self._move(failed=offer + [reason])  # noqa: RUF005

    def leave_safe_mode(self, tries: int) -> None:
        """The next start is a normal one, the last before safe mode again."""
        self._move(boots=tries - 1)

    def _move(self, **changes: "Any") -> None:
        state = dict(self.state)
        state.update(changes)
        self._write(state)

    def _write(self, state: "dict[str, Any]") -> None:
        write_state(self.root, self.disk, state)
        self.state = state
