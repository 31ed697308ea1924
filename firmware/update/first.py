"""Copied to ``/boot.py`` of a board: has ``/choose.mpy`` choose the tree that runs; that is `firmware.update.boot`.

As bytecode, since the board remembers every name of a source that it compiles for as long as it runs. Each slot has a
copy of it, which chooses and counts as well, should the one beside the slots be torn.
"""

import sys

for place in ("", "/slots/a", "/slots/b"):
    try:
        sys.path.insert(0, place)
        TREE = __import__("firmware.update.boot" if place else "choose", None, None, ("prepare",)).prepare()
        break  # /main.py, which shares these names, reads it
    except Exception as error:
        print("boot:", error)
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] in ("choose", "firmware")]:
            del sys.modules[name]  # what runs comes from the slot
        sys.path.remove(place)
