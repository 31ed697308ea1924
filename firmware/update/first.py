"""Copied to ``/boot.py`` of a board: has ``/choose.mpy`` choose the tree that runs; that is `firmware.update.boot`.

As bytecode, since the board remembers every name of a source that it compiles for as long as it runs.
"""

import sys

from choose import prepare  # type: ignore[import-not-found]

TREE = prepare()  # read by /main.py, which shares these names
del prepare, sys.modules["choose"]
