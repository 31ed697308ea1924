"""The parts of a simulated device of each kind: the real drivers on simulated ports, and what is beyond the ports."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PIL import Image

from drivers.keypad import CALL_KEYS, LEVEL_KEYS, Keypad
from drivers.linux.colorlight.chain import Chain
from drivers.linux.colorlight.frames import Dialect
from drivers.linux.colorlight.pixels import ColorlightPixels
from drivers.linux.colorlight.stretch import Stretch
from drivers.linux.long_panel import LongPanel
from drivers.printer_models import MODELS
from drivers.rs485.bus import KeypadBus
from drivers.ticket_printer import TicketPrinter
from firmware.screens import call_terminal, evaluation, hall_display, info_screen, ticket
from firmware.screens.kiosk_screen import KioskScreen
from firmware.screens.page_screen import Page, PageScreen
from firmware.screens.touch import DEAD_MS
from simulators.parts.card_chain import SimulatedCable, SimulatedCards
from simulators.parts.keypad import SimulatedKeypad
from simulators.parts.printer import SimulatedPrinter
from simulators.parts.printer_cables import MemoryCable
from simulators.parts.rs485_bus import SimulatedBus
from simulators.parts.screen import SimulatedGlass, SimulatedScreen
from simulators.parts.strip import SimulatedStrip

Part = TypeVar("Part")
Draw = Callable[[], Image.Image]

DISPLAY_PX = (1920, 1080)
KIOSK_PX = (1080, 1920)
TERMINAL_PX = (1024, 600)
STRIP_PX = (1600, 128)


@dataclass(frozen=True, kw_only=True)
class Fittings:
    """``parts`` go to the role; the rest is what hands and eyes meet, None where the kind has no such thing."""

    parts: dict[str, Any] = field(default_factory=dict)
    screen: SimulatedScreen | None = None
    glass: SimulatedGlass | None = None
    keypad: SimulatedKeypad | None = None
    printer: SimulatedPrinter | None = None
    strip: SimulatedStrip | None = None
    cable: SimulatedCable | None = None  # from the computer to the strip's cards
    line: SimulatedBus | None = None  # of keypads and evaluators
    page: Callable[[], Draw] | None = None  # of a screen for the public: how to draw, later, what it shows now


def there(part: Part | None) -> Part:
    """The part of a device that must have it; LookupError when it is of another kind than the site's plan says."""
    if part is None:
        raise LookupError("a device lacks a part that its kind has; do site.json and the board files belong together?")
    return part


def fit(kind: str, settings: dict[str, Any]) -> Fittings:
    """Everything for one device. LookupError when the kind has no simulated parts in this process."""
    if kind not in _FITTERS:
        raise LookupError(f"no simulated parts for a {kind} here; there are parts for " + ", ".join(_FITTERS))
    return _FITTERS[kind](settings)


def _kiosk(settings: dict[str, Any]) -> Fittings:
    screen = SimulatedScreen(*_size(settings, KIOSK_PX))
    dead_ms = settings.get("dead_ms", DEAD_MS)
    glass = SimulatedGlass(screen, reaction_s=dead_ms * 1.1 / 1000)
    printer = SimulatedPrinter()
    parts = {
        "screen": KioskScreen(screen, glass, where=_where(settings), dead_ms=dead_ms),
        "printer": TicketPrinter(MemoryCable(printer), MODELS["chinese_80"], ticket),
    }
    return Fittings(parts=parts, screen=screen, glass=glass, printer=printer, page=lambda: screen.image)


def _size(settings: dict[str, Any], otherwise: tuple[int, int]) -> tuple[int, int]:
    return settings.get("width_px") or otherwise[0], settings.get("height_px") or otherwise[1]


def _where(settings: dict[str, Any]) -> str:
    return " ".join(word for word in (settings.get("hall", ""), settings.get("place", "")) if word)


def _call_terminal(settings: dict[str, Any]) -> Fittings:
    transfers = tuple("transfer:" + service for service, _name in settings.get("services", ()))
    return _terminal(settings, CALL_KEYS + transfers, call_terminal.PAGES)


def _evaluation_terminal(settings: dict[str, Any]) -> Fittings:
    return _terminal(settings, LEVEL_KEYS, evaluation.PAGES)


def _terminal(settings: dict[str, Any], keys: tuple[str, ...], pages: dict[str, Page]) -> Fittings:
    screen = SimulatedScreen(*_size(settings, TERMINAL_PX))
    keypad = SimulatedKeypad(keys)
    parts = {"keypad": Keypad(keypad, keys), "screen": PageScreen(screen, pages, _where(settings))}
    return Fittings(parts=parts, screen=screen, keypad=keypad)


def _hall_display(settings: dict[str, Any]) -> Fittings:
    return _display(settings, hall_display.PAGES)


def _info_screen(settings: dict[str, Any]) -> Fittings:
    return _display(settings, info_screen.PAGES)


def _display(settings: dict[str, Any], pages: dict[str, Page]) -> Fittings:
    screen = SimulatedScreen(*_size(settings, DISPLAY_PX))
    shown = PageScreen(screen, pages, _where(settings))
    return Fittings(
        parts={"screen": shown}, screen=screen, page=lambda: shown.frame.image if shown.frame else screen.image
    )


def _strip(settings: dict[str, Any]) -> Fittings:
    width_px, height_px = _size(settings, STRIP_PX)
    strip = SimulatedStrip(width_px, height_px)
    cable = SimulatedCable(SimulatedCards(strip))
    chain = Chain(cable.open, Stretch(0, width_px, height_px, Dialect()))
    # Nothing is sent again and again: simulated cards lose nothing, and strips have 15,000 columns.
    pixels = ColorlightPixels([chain], height_px, brightness=255, refresh_s=0)
    return Fittings(parts={"panel": LongPanel(pixels, width_px, height_px)}, strip=strip, cable=cable)


def _window_terminal(settings: dict[str, Any]) -> Fittings:
    addresses = [address for address, _window in settings.get("units", ())]
    line = SimulatedBus(addresses)
    return Fittings(parts={"bus": KeypadBus(line, addresses)}, line=line)


_FITTERS: dict[str, Callable[[dict[str, Any]], Fittings]] = {
    "ticket_kiosk": _kiosk,
    "call_terminal": _call_terminal,
    "evaluation_terminal": _evaluation_terminal,
    "window_terminal": _window_terminal,
    "hall_display": _hall_display,
    "info_screen": _info_screen,
    "window_strip": _strip,
    "publicity_strip": _strip,
}
