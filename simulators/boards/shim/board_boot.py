"""What the board's ROM and frozen modules do at a start: mount the flash, run boot.py and main.py."""

# mypy: ignore-errors
import gc
import sys

import board_rom
import far
import layout
import machine  # noqa: F401  what the board finds under this name
import micropython
import network_gate
import shelf
import vfs
from flash import Flash

_FIRST_BOOT = "# This file is run at every start, before main.py.\n"


def _mount(device):
    if device.is_blank():
        vfs.VfsLfs2.mkfs(device)
        vfs.mount(device, "/")
        with open("boot.py", "w") as file:
            file.write(_FIRST_BOOT)
        return
    try:
        vfs.mount(device, "/")
    except OSError:
        print("The file system in the flash appears to be corrupted; erase the flash and write it again.")


def _run(path):
    """As a board does: what goes wrong is printed, and the board goes on to its prompt."""
    try:
        execfile(path, sys.modules["__main__"].__dict__)  # noqa: F821
    except OSError as error:
        if error.errno != 2:
            sys.print_exception(error)
    except SystemExit:
        raise
    except BaseException as error:
        sys.print_exception(error)


def start():
    flash_fd, flash_bytes = int(sys.argv[3]), int(sys.argv[4])
    is_raw = sys.argv[9] == "raw"
    platform, machine_name = sys.argv[10:12]
    rom_fd, rom_bytes, rom_address = [int(number) for number in sys.argv[12:15]]
    shelf.place = vfs.VfsPosix(sys.path[-1])
    sys.modules["network"] = shelf.Later("board_network")
    sys.modules["neopixel"] = shelf.Later("board_neopixel")
    vfs.umount("/")
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []
    if platform:
        shelf.load("pretend").install(platform, machine_name)
    sys.modules["__main__"].__dict__["__name__"] = "__main__"
    _mount(Flash(open(flash_fd, "r+b"), flash_bytes))
    if rom_bytes:
        board_rom.install(open(rom_fd, "r+b"), rom_bytes, rom_address)
    for name in ("board_boot", "board_rom", "flash", "network_gate", "shelf", "far", "layout"):
        sys.modules.pop(name, None)  # the board's own files may have these names
    gc.collect()
    micropython.kbd_intr(3)
    far.tell(layout.READY)
    try:
        _run("boot.py")
        if is_raw:
            sys.stdout.write("\x00\x16")  # the supervisor takes the prompt from here on
        else:
            _run("main.py")
    except SystemExit:
        far.die(layout.RESET, layout.RESET_SOFT)


network_gate.install()
start()
