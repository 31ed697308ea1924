"""Ports on a microcontroller's own pins and buses (MicroPython's `machine`)."""
