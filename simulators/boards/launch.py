"""Entry of a board's process: makes its terminal and shared memory, then becomes MicroPython.

``launch.py TERMINAL SHARED_FD SITE_PACKAGES HEAP LINE_FD FLASH_FD FLASH_BYTES ID UARTS IRQ_FD SPEED MODE
PLATFORM MACHINE ROM_FD ROM_BYTES``
Started with ``python -I -S``: nothing of the project is imported.
"""

import ctypes
import mmap
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> int:
    """Returns MicroPython's exit status."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # no board outlives its bench
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # until MicroPython takes it
    terminal, shared_fd, site_packages, heap, *rest = sys.argv[1:]
    tty = os.open(terminal, os.O_RDWR)  # the first of a session leader: its controlling terminal
    for fd in (0, 1, 2):
        os.dup2(tty, fd)
    os.close(tty)
    shared = mmap.mmap(int(shared_fd), 0)
    address = ctypes.addressof(ctypes.c_char.from_buffer(shared))
    rom_fd, rom_bytes = int(rest[-2]), int(rest[-1])
    rom = mmap.mmap(rom_fd, rom_bytes) if rom_bytes else shared  # what the processor sees of its flash
    rest.append(str(ctypes.addressof(ctypes.c_char.from_buffer(rom))))
    sys.path.append(site_packages)
    from micropython_run import run_main  # type: ignore[import-not-found]

    status = run_main(
        ["micropython", "-X", "heapsize=" + heap, "-i", "-m", "board_boot", str(address), *rest],
    )
    return int(status)


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status & 255)
