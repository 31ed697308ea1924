"""A device on a Linux computer: ``python -m firmware board.json``. Microcontrollers start from /main.py instead.

`firmware.platform.linux.launch` adds which tree it chose, as JSON.
"""

import json
import sys

from firmware.platform.linux.device import main

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit("usage: python -m firmware BOARD.JSON [TREE]")
    try:
        main(sys.argv[1], json.loads(sys.argv[2]) if len(sys.argv) == 3 else None)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{sys.argv[1]}: {error}") from None
