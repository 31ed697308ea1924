"""What an Onbon controller understands, by its generation: how it is told areas and light, and asked how it is."""

from typing import Protocol

from drivers.linux.onbon import commands, long_commands
from drivers.linux.onbon.commands import IN_PIXELS, Area, Status
from drivers.linux.onbon.frames import Header, frame, long_header, read, short_header

BLANK = b" "


class Card(Protocol):
    """One generation. The data of a command goes through `frame`, what comes through `read`."""

    most_areas: int
    x_unit: int  # pixels in one unit of place and width
    look: bytes  # the command that asks how it is
    clear: bytes  # the command that deletes all areas
    tells_areas: bool  # the answer says which areas it has

    def frame(self, data: bytes) -> bytes: ...

    def read(self, inner: bytes) -> bytes:
        """The data of an answer: group, number, error, 2 reserved, what it says. PartFault."""
        ...

    def status(self, answer: bytes) -> Status:
        """What `look` was answered. PartFault."""
        ...

    def columns(self, px: int) -> int:
        """Pixels as a place or width travels."""
        ...

    def light(self, percent: int) -> tuple[bytes, ...]:
        """Commands that set the light."""
        ...

    def update(self, area: Area, percent: int) -> bytes:
        """Write an area, as it is to be at this light."""
        ...


class FontCard:
    """BX-5K and BX-6K, told apart by nothing but how many areas they have (maker's protocol v1.4: 8 and 5)."""

    look = commands.STATUS
    clear = commands.DELETE_ALL_AREAS
    tells_areas = True

    def __init__(self, header: Header, most_areas: int, x_unit: int = 1) -> None:
        self.most_areas = most_areas
        self.x_unit = x_unit
        self._header = header

    def frame(self, data: bytes) -> bytes:
        """Onto the wire."""
        return frame(data, self._header)

    def read(self, inner: bytes) -> bytes:
        """PartFault."""
        return read(inner, self._header)

    def status(self, answer: bytes) -> Status:
        """PartFault."""
        return commands.read_status(answer)

    def columns(self, px: int) -> int:
        """Pixels, or whole bytes for firmware that does not know the mark."""
        return px | IN_PIXELS if self.x_unit == 1 else px // 8

    def light(self, percent: int) -> tuple[bytes, ...]:
        """16 levels; 0 switches the LEDs off, the texts stay."""
        if not percent:
            return (commands.power(False),)
        return (commands.power(True), commands.brightness(-(-commands.BRIGHTEST * percent // 100)))

    def update(self, area: Area, percent: int) -> bytes:
        """Its light is not the areas' business."""
        return commands.update(area)


class SixthCard:
    """BX-6Q3: any answer is a sign of life, dark is areas without words, and it cannot be dimmed from here."""

    look = long_commands.update()
    clear = long_commands.DELETE_ALL_AREAS
    tells_areas = False
    most_areas = 255  # how many is not published; it refuses what it cannot keep

    def __init__(self, header: Header, x_unit: int = 1, area_type: int = 0) -> None:
        self.x_unit = x_unit
        self._header = header
        self._area_type = area_type

    def frame(self, data: bytes) -> bytes:
        """Onto the wire."""
        return frame(data, self._header)

    def read(self, inner: bytes) -> bytes:
        """PartFault."""
        return long_commands.plain_answer(read(inner, self._header))

    def status(self, answer: bytes) -> Status:
        """It lives."""
        return Status(True, commands.BRIGHTEST, None)

    def columns(self, px: int) -> int:
        """The sixth generation counts pixels."""
        return px // self.x_unit

    def light(self, percent: int) -> tuple[bytes, ...]:
        """None."""
        return ()

    def update(self, area: Area, percent: int) -> bytes:
        """Dark at 0."""
        return long_commands.update(area if percent else area._replace(text=BLANK), area_type=self._area_type)


AREAS = {"5k": 8, "6k": 5}


def card_of(
    generation: str, *, address: int = 0, version: int = 0, device_type: int = 0, x_unit: int = 1, area_type: int = 0
) -> Card:
    """``generation`` 5k, 6k or 6q; a 0 is what the maker's own programs put there. ``x_unit`` 1 or 8 pixels.

    ValueError when the header has no room for the device type.
    """
    said = {"to": address, "version": version, "device_type": device_type}
    said = {key: value for key, value in said.items() if value}
    if generation == "6q":
        return SixthCard(long_header(**said), x_unit, area_type)
    if device_type > 0xFF:
        raise ValueError(f"device_type {device_type}: a BX-5K or BX-6K has one of 0 to 255; see its maker's table")
    return FontCard(short_header(**said), AREAS[generation], x_unit)
