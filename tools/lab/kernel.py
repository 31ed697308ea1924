"""Kernel, its modules and a busybox for the lab, out of Debian's packages; nothing of them is installed."""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

KERNEL = "linux-image-amd64"  # depends on the newest one; the -cloud kernel lacks nearly all that the lab needs
BUSYBOX = "busybox-static"
# What the lab is made of; what these need is found in the modules themselves.
WANTED = (
    *("virtio_pci", "9pnet_virtio", "9p"),  # the host's files
    *("evdev", "uinput", "hid_generic", "usbhid"),  # keys, touch, scanners
    *(
        "dummy_hcd",
        "libcomposite",
        "usb_f_printer",
        "usb_f_hid",
        "usb_f_acm",
    ),  # USB devices, the far end of the cable
    *("usblp", "cdc_acm"),  # and how Linux takes them
    "snd_aloop",
    "bochs",  # the screen
)


class Lacking(Exception):
    """Something that this machine has not got; the text says how to get it."""


class Kernel(NamedTuple):
    """``modules`` in the order in which they can be loaded."""

    image: Path
    modules: list[Path]
    busybox: Path


def kernel(folder: Path) -> Kernel:
    """From ``folder``, where it is kept; downloaded when it is not there. Raises `Lacking`."""
    package = _newest(folder)
    place = folder / package
    if not (place / "ready").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name in (package, BUSYBOX):
            _unpack(name, place)
        (place / "ready").touch()
    return Kernel(
        next((place / "boot").glob("vmlinuz-*")),
        _in_order(next((place / "lib" / "modules").iterdir())),
        place / "bin" / "busybox",
    )


def _newest(folder: Path) -> str:
    """The package of the newest kernel that apt knows; without apt, the newest that is kept here."""
    said = _run("apt-cache", "depends", "--no-recommends", "--no-suggests", KERNEL) if shutil.which("apt-cache") else ""
    found = [line.split()[1] for line in said.splitlines() if line.split()[:1] == ["Depends:"]]
    kept = sorted((path.parent for path in folder.glob("*/ready")), key=lambda path: path.stat().st_mtime)
    if found:
        return found[0]
    if kept:
        return kept[-1].name
    raise Lacking(
        f"apt knows no {KERNEL}: the lab needs Debian on x86-64, and a list of packages (sudo apt-get update)"
    )


def _unpack(package: str, place: Path) -> None:
    print(f"lab: fetching {package} (once)", flush=True)
    try:
        subprocess.run(["apt-get", "-qq", "download", package], cwd=place, check=True, capture_output=True, text=True)
        found = next(place.glob(f"{package}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", found.name, "."], cwd=place, check=True, capture_output=True, text=True)
    except (OSError, StopIteration, subprocess.CalledProcessError) as error:
        said = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise Lacking(f"the package {package} could not be fetched: {said}; try: sudo apt-get update") from None
    found.unlink()


def _in_order(modules: Path) -> list[Path]:
    """The wanted modules, each after those that it needs."""
    files = {path.stem.replace("-", "_"): path for path in modules.rglob("*.ko")}
    ordered: list[Path] = []

    def add(name: str) -> None:
        if name not in files:
            raise Lacking(f"the kernel in {modules.parent.parent.parent} has no module {name}; remove that folder")
        if files[name] not in ordered:
            for needed in _needs(files[name]):
                add(needed)
            ordered.append(files[name])

    for name in WANTED:
        add(name)
    return ordered


def _needs(module: Path) -> list[str]:
    """The names after ``depends=`` in the module's .modinfo."""
    names: list[str] = []
    for entry in module.read_bytes().split(b"\0"):
        if entry.startswith(b"depends="):
            names += entry[8:].decode().split(",")
    return [name.replace("-", "_") for name in names if name]


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout
