"""Which signed tree fits a device, and what is to be done about it: what it should run against what it says it runs.

The shelf is read again only when it changed: a look at one device costs the same however many trees there are.
"""

from firmware.update.manifest import goes_back
from hub.update.shelf import Release, Shelf, ShelfFault

RIGHT = ""  # it runs the version
BEHIND = "update.behind"  # it runs another one, and there is a tree for it
UNHEARD = "update.unheard"  # what it runs, and on which board, is not known yet; there may be a tree for it
NO_TREE = "update.no-tree"
NEWER = "update.newer"  # somebody brought it a newer one by hand


class Fitting:
    """The signed trees on the shelf that go by one name: a version, or the beginning of a digest.

    ``fault`` says why there are none at the moment; empty when nothing is wrong with the shelf.
    """

    def __init__(self, shelf: Shelf, public: str) -> None:
        self._shelf, self._public = shelf, public
        self._known: object = None
        self._trees: dict[tuple[str, str], Release] = {}  # (profile, kind) → the newest
        self._kinds: set[str] = set()
        self.releases: list[Release] = []  # oldest first
        self.fault = ""

    def look(self, name: str, is_fresh: bool = False) -> None:
        """See what is on the shelf; unless ``is_fresh`` only when it changed. What is wrong with it is ``fault``."""
        known = name, self._shelf.stamp()
        if known == self._known and not is_fresh:
            return
        self._known = known
        try:
            found = self._shelf.find(name)
            self.releases = [row for row in found if self._shelf.release(row.digest, self._public).is_signed]
            self.fault = "" if self.releases else f"{name} is not signed; run hallhub update sign {name}"
        except (ShelfFault, OSError) as fault:
            self.releases, self.fault = [], str(fault)
        self._trees = {(row.profile, kind): row for row in self.releases for kind in row.kinds}
        self._kinds = {kind for _, kind in self._trees}

    def tree(self, profile: str, kind: str) -> Release | None:
        return self._trees.get((profile, kind))

    def standing(self, profile: str, kind: str, runs: str, version: str) -> str:
        """One of the words above for a device that should run ``version`` and says that it ``runs`` another, or "" as
        long as it has said nothing."""
        if not runs:
            return UNHEARD if kind in self._kinds else NO_TREE
        if runs == version:
            return RIGHT
        tree = self.tree(profile, kind)
        if tree is None:
            return NO_TREE
        try:
            return NEWER if goes_back(version, runs, tree.downgrade_from) else BEHIND
        except ValueError:
            return BEHIND  # a tree that was put there by hand for a test
