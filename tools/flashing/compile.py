"""The trees that boards get, built once per profile however many boards ask; and the files beside the slots."""

from functools import cache
from threading import Lock

from board_profiles import Profile
from hub.update.build import BuildFault, build
from hub.update.build import root_files as build_root_files
from tools.flashing.faults import FlashFault
from tools.flashing.tree import Tree


@cache
def root_files() -> dict[str, bytes]:
    """What chooses a slot and starts what is in it. FlashFault."""
    try:
        return build_root_files()
    except BuildFault as fault:
        raise FlashFault("compile", said=fault) from None


class Compiler:
    """Keeps the trees that it made; any number of boards may ask at once. ``version``: three numbers, as 1.10.2."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._lock = Lock()
        self._made: dict[str, Tree] = {}

    def tree(self, profile: Profile, mpy: int) -> Tree:
        """For boards of this profile whose MicroPython runs bytecode of major version ``mpy``. FlashFault."""
        with self._lock:
            if profile.name not in self._made:
                self._made[profile.name] = self._build(profile)
            tree = self._made[profile.name]
        wanted = next(iter(tree.files.values()))[1]
        if mpy != wanted:
            raise FlashFault("bytecode", found=mpy, wanted=wanted)
        return tree

    def _build(self, profile: Profile) -> Tree:
        """The same bytes as an update of this version, so that the next one finds its files there."""
        try:
            built = build(self.version, profile.name, profile.kinds, True)
        except BuildFault as fault:
            raise FlashFault("compile", said=fault) from None
        return Tree(self.version, built.manifest, built.files)
