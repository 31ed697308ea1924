"""What a profile must obey beyond its shape: pins that exist and may be used, no pin twice, buses that are there."""

from collections.abc import Iterator
from typing import Any

import msgspec

from board_profiles.chips import Chip
from board_profiles.key_types import marked
from board_profiles.problems import Problems
from board_profiles.reading import Fitted, join


class Wire(msgspec.Struct, frozen=True):
    """One pin of one driver."""

    key: str
    pin: int
    way: str  # in, out, both


class Pinout(msgspec.Struct, frozen=True):
    """What the board's pins can be: its chip, what the chip's memory takes, and the connectors."""

    chip: Chip
    held: dict[int, str]
    free: frozenset[int]


def wires(fitted: Fitted) -> list[Wire]:
    """The pins of a driver, those that its hardware fixes included."""
    found = [Wire(join(fitted.key, key), pin, "both") for key, pin in fitted.driver.fixed_pins.items()]
    for key, way in marked(fitted.driver.row, "pin").items():
        pin = getattr(fitted.row, key)
        if pin is not None:
            found.append(Wire(join(fitted.key, key), pin, str(way)))
    return found


def check_free(pinout: Pinout, on_board: list[Fitted], problems: Problems) -> None:
    """The list of free pins: they exist, nothing holds them, they do not decide how the chip starts."""
    taken = {wire.pin: wire.key for fitted in on_board for wire in wires(fitted)}
    for pin in sorted(pinout.free):
        if pin not in pinout.chip.pins:
            problems.add("no_such_pin", "free", pin=pin, chip=pinout.chip.name)
        elif pin in pinout.held:
            problems.add("pin_held", "free", pin=pin, why=problems.why_not(pinout.held[pin]))
        elif pin in pinout.chip.strapping:
            problems.add("pin_held", "free", pin=pin, why=problems.why_not("strapping"))
        elif pin in taken:
            problems.add("pin_taken", "free", pin=pin, other=taken[pin])


def check_works_here(fitted: Fitted, chip: Chip, problems: Problems) -> None:
    """The driver is for this sort of board."""
    if chip.port not in fitted.driver.ports:
        where = ", ".join(port or "linux" for port in fitted.driver.ports)
        problems.add("not_here", join(fitted.key, "driver"), value=fitted.driver.name, chip=chip.name, where=where)


def check_pins(fitted: Fitted, pinout: Pinout, is_on_board: bool, problems: Problems) -> None:
    """Each pin exists and may be used so. What the board's maker wired may sit on a strapping pin; a part may not."""
    pulls = [getattr(fitted.row, key) for key in marked(fitted.driver.row, "pull")]
    measured = {join(fitted.key, key) for key in marked(fitted.driver.row, "adc")}
    for wire in wires(fitted):
        facts: dict[str, Any] = {"pin": wire.pin, "chip": pinout.chip.name}
        facts["free"] = ", ".join(str(pin) for pin in sorted(pinout.free)) or "-"
        if wire.pin not in pinout.chip.pins:
            problems.add("no_such_pin", wire.key, **facts)
        elif wire.pin in pinout.held:
            problems.add("pin_held", wire.key, why=problems.why_not(pinout.held[wire.pin]), **facts)
        elif wire.pin in pinout.chip.input_only and wire.way != "in":
            problems.add("input_only", wire.key, **facts)
        elif wire.key in measured and wire.pin not in pinout.chip.adc:
            facts["good"] = ", ".join(str(pin) for pin in sorted(pinout.chip.adc & pinout.free)) or "-"
            problems.add("no_adc", wire.key, **facts)
        elif wire.pin in pinout.chip.input_only and any(pull != "none" for pull in pulls):
            problems.add("no_pull", wire.key, **facts)
        elif not is_on_board and wire.pin in pinout.chip.strapping:
            problems.add("pin_held", wire.key, why=problems.why_not("strapping"), **facts)
        elif not is_on_board and wire.pin not in pinout.free:
            problems.add("pin_not_free", wire.key, **facts)


def check_bus(bus: Fitted, chip: Chip, problems: Problems) -> None:
    """The chip has this bus, and its signals reach these pins."""
    number = getattr(bus.row, "id", 0)
    reach = chip.buses.get((bus.driver.name, number))
    if reach is None:
        known = _numbers(chip, bus.driver.name)
        problems.add("no_such_bus", join(bus.key, "id"), driver=bus.driver.name, number=number, known=known)
        return
    for key in marked(bus.driver.row, "pin"):
        pin = getattr(bus.row, key)
        if pin is not None and key in reach and pin not in reach[key]:
            good = ", ".join(str(pin) for pin in sorted(reach[key]))
            problems.add("bus_reach", join(bus.key, key), pin=pin, signal=f"{bus.driver.name}{number} {key}", good=good)
    if (
        chip.is_ws_after_sck
        and bus.driver.name == "i2s"
        and getattr(bus.row, "ws", 0) != getattr(bus.row, "sck", 0) + 1
    ):
        problems.add("ws_after_sck", join(bus.key, "ws"), pin=getattr(bus.row, "sck", 0) + 1)


def buses_of(fitted: Fitted, buses: dict[str, Fitted], problems: Problems | None = None) -> Iterator[Fitted]:
    """The buses that a driver names; those that are missing or of another sort are reported."""
    for key, sort in marked(fitted.driver.row, "bus").items():
        name = getattr(fitted.row, key)
        bus = buses.get(name)
        if bus is not None and bus.driver.name == sort:
            yield bus
        elif problems is not None:
            known = ", ".join(name for name, one in buses.items() if one.driver.name == sort) or "-"
            problems.add("no_bus", join(fitted.key, key), value=name, sort=sort, known=known)


def _numbers(chip: Chip, driver: str) -> str:
    """Of the chip's buses of this sort."""
    return ", ".join(str(number) for sort, number in sorted(chip.buses) if sort == driver) or "-"


def check_network(network: Fitted | None, buses: dict[str, Fitted], problems: Problems) -> None:
    """A network chip is not only written to: it answers on its bus."""
    if network is None:
        return
    for bus in buses_of(network, buses):
        if getattr(bus.row, "miso", 0) is None:
            problems.add("no_miso", bus.key, other=join(network.key, "bus"))


def check_shared_buses(users: list[Fitted], problems: Problems) -> None:
    """What has no chip select hears every byte on its bus, so nothing else may speak there: network or other part."""
    for one in users:
        if hasattr(one.row, "cs"):
            continue
        for key, name in _named_buses(one).items():
            for other in users:
                if other is not one and name in _named_buses(other).values():
                    facts = {"value": name, "other": other.key, "driver": one.driver.name}
                    problems.add("bus_shared", join(one.key, key), **facts)


def _named_buses(fitted: Fitted) -> dict[str, str]:
    """Key → the bus that it names."""
    return {key: getattr(fitted.row, key) for key in marked(fitted.driver.row, "bus")}


def check_clashes(fitted: list[Fitted], chip: Chip, problems: Problems) -> None:
    """No pin, no bus of the chip and no device file is used twice by what works at the same time."""
    owner: dict[object, str] = {}
    for one in fitted:
        claims: list[tuple[object, str]] = [(wire.pin, wire.key) for wire in wires(one)]
        for key in marked(one.driver.row, "node"):
            value = getattr(one.row, key)
            values = value if isinstance(value, list) else [value]
            claims += [(each, join(one.key, key)) for each in values if each]
        if one.driver.place == "bus":
            claims.append(((one.driver.name, getattr(one.row, "id", 0)), join(one.key, "id")))
        for thing, key in claims:
            if thing in owner and isinstance(thing, tuple):
                driver, number = thing
                facts = {"driver": driver, "number": number, "known": _numbers(chip, driver)}
                problems.add("bus_taken", key, other=owner[thing], **facts)
            elif thing in owner:
                code = "pin_taken" if isinstance(thing, int) else "node_taken"
                problems.add(code, key, pin=thing, other=owner[thing])
            owner.setdefault(thing, key)
