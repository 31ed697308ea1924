"""A board's own LED on a pin: a lamp like any other."""

from firmware.parts.lamp_pin import make

__all__ = ["make"]
