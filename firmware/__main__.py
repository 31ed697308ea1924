"""A device on a Linux computer: ``python -m firmware board.json``. Microcontrollers start from /main.py instead."""

import sys

from firmware.main import main
from firmware.parts import make_parts

if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m firmware BOARD.JSON")
    try:
        main(sys.argv[1], make_parts)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{sys.argv[1]}: {error}") from None
