"""Messages by which a person finds a device in the hall. Devices load them when they are asked, and forget them."""

from firmware.wire.fields import Bool, Int, Slug, Text
from firmware.wire.messages.base import Act, Report


class Locate(Act):
    """Hub to device: show a person in the hall which of all the devices you are. Not repeated."""

    name = "device/locate"
    qos = 0
    seconds: int = Int(1, 600, default=30)


class Locating(Report):
    """The device shows where it is, or (``is_shown`` false) has nothing to show it with."""

    name = "device/locating"
    boot: str = Slug(16)
    act: str = Text(40, 1)  # id of the Locate
    is_shown: bool = Bool()
