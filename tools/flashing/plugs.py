"""By which rules a Linux computer names its plugs as its profile does: files for udev and systemd, to be filled in."""

import re
from pathlib import PurePosixPath
from typing import Any

RULES = "60-hallhub.rules"
FILL_IN = "FILL-IN"  # matches nothing; what belongs there is of this one building's hardware
NO_ADDRESS = "00:00:00:00:00:00"  # the same for a link file, which takes addresses only
_KERNELS_OWN = re.compile(r"(en|eth|wl|lo)[a-z0-9]*")  # interfaces that need no rule to be called so

_HEAD = """\
# What this device's plugs are called, whichever socket they are in. Put for each {fill_in} what
#   udevadm info --attribute-walk --name=/dev/input/event3    (or /dev/ttyUSB0)
# says of the thing that is plugged in; evtest or /proc/bus/input/devices says which event it is. Then, as root:
#   cp {rules} /etc/udev/rules.d/ && udevadm control --reload && udevadm trigger
"""
_LINK = """\
# What the network adapter of the LED cards is called. Put its address for the zeros: ip link, or
#   udevadm info /sys/class/net/eth1    (ID_NET_NAME_MAC)
# Then, as root: cp {name} /etc/systemd/network/ && update-initramfs -u, and start the computer again.
[Match]
PermanentMACAddress={address}

[Link]
Name={interface}
"""


def plug_files(parts: dict[str, dict[str, Any]]) -> dict[str, str]:
    """File name → text, for the parts of a device's profile; only what these name, nothing when they name none."""
    lines = [line for part in parts.values() for line in _lines(part)]
    found = {}
    if lines:
        head = _HEAD.format(fill_in=FILL_IN, rules=RULES)
        found[RULES] = head + "".join(f"{line}\n" for line in dict.fromkeys(lines))
    for part in parts.values():
        for interface in (part.get("interface"), *part.get("more_interfaces", ())):
            if interface and not _KERNELS_OWN.fullmatch(interface):
                name = f"10-{interface}.link"
                found[name] = _LINK.format(name=name, address=NO_ADDRESS, interface=interface)
    return found


def _lines(part: dict[str, Any]) -> list[str]:
    """One for each plug of ``part`` that has no name, or no reader, by itself."""
    lines = []
    for value in part.values():
        if isinstance(value, str) and value.startswith("/dev/") and "hallhub-" in value:
            path = PurePosixPath(value).relative_to("/dev")
            if path.parts[0] == "input":
                match = f'SUBSYSTEM=="input", KERNEL=="event*", ATTRS{{name}}=="{FILL_IN}"'
            else:
                match = f'SUBSYSTEM=="tty", ATTRS{{idVendor}}=="{FILL_IN}", ATTRS{{idProduct}}=="{FILL_IN}"'
            lines.append(f'{match}, SYMLINK+="{path}"')
    ids = part.get("ids") or part.get("id")
    if isinstance(ids, str) and re.fullmatch(r"[0-9a-f]{4}:[0-9a-f]{4}", ids):  # asked through libusb
        match = 'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{}", ATTR{{idProduct}}=="{}"'.format(*ids.split(":"))
        lines.append(f'{match}, GROUP="plugdev", MODE="0660"')
    return lines
