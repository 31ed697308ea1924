"""make lab: starts the virtual machine, runs tests/lab inside it, ends with pytest's exit code.

What follows on the command line is pytest's: ``make lab LAB="-k printer"``.
"""

import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.lab.initrd import initrd
from tools.lab.kernel import Kernel, Lacking, kernel

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "lab"
OUT = FOLDER / "out"
QEMU = "qemu-system-x86_64"
PACKAGES = {QEMU: "qemu-system-x86", "aplay": "alsa-utils", "udevadm": "udev"}
LIMIT_S = 180  # a lab that hangs is ended
MEMORY_MB = 768


def main() -> int:
    """Exit code of pytest in the lab; 3 when this machine lacks something, 4 when the lab broke down."""
    began_s = time.monotonic()
    try:
        _check()
        found = kernel(FOLDER)
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        (OUT / "arguments").write_text("\n".join(sys.argv[1:]))
        (FOLDER / "initrd").write_bytes(initrd(found))
    except Lacking as lacking:
        print(f"lab: {lacking}", file=sys.stderr)
        return 3
    return _report(_boot(found), time.monotonic() - began_s)


def _check() -> None:
    if platform.machine() != "x86_64":
        raise Lacking("the lab runs on x86-64 only; the drivers' other tests run everywhere (make test)")
    if lacking := [package for program, package in PACKAGES.items() if not shutil.which(program)]:
        raise Lacking(
            f"not installed; mend it with: sudo apt-get install -y --no-install-recommends {' '.join(lacking)}"
        )


def _boot(found: Kernel) -> bool:
    """Whether it ended in time. What it says goes to the console, as it says it."""
    share = "security_model=none,multidevs=remap"
    words = f"console=ttyS0 quiet oops=panic panic=-1 lab.project={ROOT} lab.python={sys.executable}"
    command = (
        *(QEMU, "-accel", "tcg", "-cpu", "max", "-m", str(MEMORY_MB), "-no-reboot", "-nodefaults", "-nic", "none"),
        *("-display", "none", "-vga", "std", "-serial", "stdio", "-kernel", str(found.image)),
        *("-initrd", str(FOLDER / "initrd"), "-append", words),
        *("-virtfs", f"local,path=/,mount_tag=host,readonly=on,{share}"),
        *("-virtfs", f"local,path={OUT},mount_tag=out,{share}"),
    )
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as machine:
        try:
            machine.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            machine.kill()
            return False
    return True


def _report(has_ended: bool, took_s: float) -> int:
    ready = OUT / "ready_s"
    if (OUT / "exit").exists():
        print(f"lab: {took_s:.0f} s, of which {ready.read_text().strip()} s until the machine was ready")
        return int((OUT / "exit").read_text())
    how = "ended without a result" if has_ended else f"did not end within {LIMIT_S} s"
    print(f"lab: the machine {how}; what it said is above", file=sys.stderr)
    return 4


if __name__ == "__main__":
    sys.exit(main())
