"""Checks what runs on boards against the stubs of their MicroPython: `python -m tools.stubs [esp32|rp2]`.

Type stubs of MicroPython replace Python's own here, so a module, name or argument that a board does not have is an
error, such as `dataclasses` or `Pin.SIDEWAYS`. tools/setup.sh puts the stubs into typings/, apart from .venv: they
would shadow Python's.
"""

import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from mypy import api

from board_profiles.drivers import DRIVERS

ROOT = Path(__file__).resolve().parent.parent
TYPINGS = ROOT / "typings"
PORTS = ("esp32", "rp2")
LINUX_ROOMS = ("firmware/screens", "firmware/platform/linux", "drivers/linux")
CPYTHON_ONLY = ("firmware/link/protocol_socket.py", "firmware/file_store.py", "firmware/__main__.py")

# Where both interpreters are served by a test of what is there, or the stubs know less than the boards: (file, or empty
# for any; what mypy says of it).
MET = (
    ("", '"_TicksMs"'),  # the stubs' own name for an int
    ("drivers/ticks.py", "Incompatible redefinition"),
    ("drivers/ticks.py", '"monotonic_ns"'),
    ("firmware/clock.py", '"monotonic_ns"'),
    ("firmware/clock.py", 'No overload variant of "int"'),
    ("firmware/link/outbox.py", '"O_RDONLY"'),  # only where there is os.fsync
    ("firmware/link/tls.py", '"verify_mode"'),  # boards have it, the stubs do not
    ("firmware/roles/region_pixels.py", '"zlib"'),  # boards have deflate
)

_CONFIG = """
[mypy]
custom_typeshed_dir = {stubs}
mypy_path = {stubs}
no_site_packages = true
python_version = 3.11
check_untyped_defs = true
strict_equality = true
cache_dir = {cache}

[mypy-_mpy_shed.*]
ignore_errors = true

[mypy-firmware.link.protocol_socket]
follow_imports = skip

[mypy-firmware.file_store]
follow_imports = skip

[mypy-firmware.screens.*]
follow_imports = skip
"""


def files_for(port: str) -> list[Path]:
    """What may be copied onto a board of this port."""
    found = []
    for path in sorted(path for room in ("firmware", "drivers") for path in (ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        driver = DRIVERS.get(path.stem) if path.parent.name in ("parts", "platform") else None
        is_elsewhere = driver is not None and port not in driver.ports
        if not name.startswith(LINUX_ROOMS) and name not in CPYTHON_ONLY and not is_elsewhere:
            found.append(path)
    return found


def check(port: str, files: Iterable[Path], used: set[tuple[str, str]] | None = None) -> list[str]:
    """The faults in ``files``, one line each; entries of `MET` that were needed are added to ``used``.

    Raises FileNotFoundError when the stubs are not there.
    """
    stubs = TYPINGS / port
    if not (stubs / "machine.pyi").exists():
        raise FileNotFoundError(f"no stubs in {stubs.relative_to(ROOT)}; run: sh tools/setup.sh")
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as config:
        config.write(_CONFIG.format(stubs=stubs, cache=ROOT / ".mypy_cache" / port))
        config.flush()
        said, failed, _ = api.run(
            ["--config-file", config.name, "--no-error-summary", "--hide-error-context", *map(str, files)]
        )
    if failed:
        return [f"{port}: mypy failed: {failed.strip()}"]
    return [f"{port}: {line}" for line in said.splitlines() if _is_ours(line, used)]


def _is_ours(line: str, used: set[tuple[str, str]] | None) -> bool:
    """Whether the line is a fault of our code: not one inside the stubs, not a note, not a difference that was met."""
    if not re.search(r"\.py:\d+: error: ", line):
        return False
    path = line.split(":", 1)[0]
    for file, words in MET:
        if words in line and path.endswith(file):
            if used is not None:
                used.add((file, words))
            return False
    return True


def main(ports: list[str]) -> int:
    """0 when everything fits."""
    used: set[tuple[str, str]] = set()
    try:
        faults = [fault for port in ports or PORTS for fault in check(port, files_for(port), used)]
    except FileNotFoundError as error:
        faults = [str(error)]
    else:
        if not ports:
            faults += [f"tools/stubs.py: MET {entry} is met no longer; remove it" for entry in MET if entry not in used]
    print("\n".join(faults) if faults else "What runs on boards fits " + " and ".join(ports or PORTS) + ".")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
