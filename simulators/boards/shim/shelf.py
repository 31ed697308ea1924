"""Modules of the board's ROM that are seldom used: read when first asked for, so that they cost no heap before."""

# mypy: ignore-errors
import sys

import far
import layout
import vfs

place = None  # the file system with these modules; the board itself cannot see it


def load(name):
    """The module of this name in the ROM, whatever the board's own files are called."""
    path = list(sys.path)
    hidden = {"far": far, "layout": layout}
    kept = {key: sys.modules.get(key) for key in (name, "far", "layout")}
    vfs.mount(place, "/.rom")
    try:
        sys.path[:] = ["/.rom"]
        sys.modules.pop(name, None)
        sys.modules.update(hidden)
        return __import__(name)
    finally:
        sys.path[:] = path
        vfs.umount("/.rom")
        for key in kept:
            sys.modules.pop(key, None)
            if kept[key] is not None:
                sys.modules[key] = kept[key]


class Later:
    """Stands for a module until something of it is used."""

    def __init__(self, name):
        self._name = name
        self._module = None

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if self._module is None:
            self._module = load(self._name)
        return getattr(self._module, name)
