"""The heap of a small board: gives back code that has done its work, and says when to collect."""

import gc
import sys

KEPT = "drivers.faults"  # loaded twice, it would be two classes: what a part raises, nobody would catch


def forget(*names: str) -> None:
    """Drop these modules and what is below them. What somebody still uses of them stays, the rest is free."""
    for name in list(sys.modules):
        if name == KEPT:
            continue
        if name in names or name.startswith(tuple([above + "." for above in names])):
            above, _, last = name.rpartition(".")
            sys.modules.pop(name)
            if hasattr(sys.modules.get(above), last):
                delattr(sys.modules[above], last)


def settle() -> None:
    """Everything is loaded: from now on a collection every eighth of what is free keeps it in large pieces."""
    if hasattr(gc, "threshold"):
        gc.collect()
        gc.threshold(gc.mem_free() // 8)  # type: ignore[attr-defined]
