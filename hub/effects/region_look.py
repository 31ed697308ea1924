"""What a region of a strip says, and in which colours, from the state of its window."""

from firmware.words import words
from hub.effects.strip_layout import Look
from hub.engine.places import look_at_window
from hub.engine.plan import Device, Plan, Region, Window
from hub.engine.state import Site

# Tone → the colours of plate, title and main, 0xRRGGBB. A new call is the one amber thing on a strip; what needs
# nobody's attention is dark, so that the eye finds what does.
PALETTES: dict[str, tuple[int, int, int]] = {
    "called": (0x58A6FF, 0xF0F0F0, 0xFFB000),
    "serving": (0x58A6FF, 0xA0A0A0, 0x35C46A),
    "open": (0x58A6FF, 0xF0F0F0, 0x35C46A),
    "paused": (0x58A6FF, 0x8A8A8A, 0xFF4B3A),
    "closed": (0x2C3E58, 0x505050, 0x686868),
    "banner": (0xFFFFFF, 0xFFFFFF, 0xFF5A40),
}


def look_of(plan: Plan, site: Site, strip: Device, region: Region) -> tuple[Look, str]:
    """The look of the region, and its tone."""
    if not region.window:
        return Look(region.width, strip.height_px, "", "", region.text), "banner"
    window = plan.window[region.window]
    tone, title, main, side = _say(plan, site, window)
    return Look(region.width, strip.height_px, str(window.number), title, main, side), tone


def palette_of(tone: str) -> list[int]:
    return list(PALETTES[tone])


def text_of(look: Look) -> str:
    """The same in words."""
    if not look.plate:
        return look.main
    parts = (words("strip.window", number=look.plate), look.title, look.main, "".join(look.side))
    return " ".join(part for part in parts if part)


def _say(plan: Plan, site: Site, window: Window) -> tuple[str, str, str, tuple[str, ...]]:
    """Tone, title, main and side. A ticket at the window counts more than the state of the window."""
    now = look_at_window(site, window.id)
    ticket = site.tickets.get(now.ticket)
    if ticket is not None:
        tone = "serving" if ticket.state == "serving" else "called"
        return tone, plan.service[ticket.service].name, ticket.number, tuple(words("strip." + tone).split("\n"))
    title = plan.service[window.services[0]].name if window.services else ""
    return now.state, title, words("strip." + now.state), ()
