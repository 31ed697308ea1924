"""Buses as a board's device tree describes them. ``row`` is one table of ``buses``."""

from machine import I2S, SPI, UART, Pin

from drivers.wav import RATE_HZ

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def spi(row: "dict[str, Any]") -> SPI:
    """Mode 0, most significant bit first."""
    pins: "dict[str, Any]" = {"sck": Pin(row["sck"]), "mosi": Pin(row["mosi"])}
    if row.get("miso") is not None:
        pins["miso"] = Pin(row["miso"])
    return SPI(row["id"], baudrate=row["hz"], **pins)


def i2s(row: "dict[str, Any]") -> I2S:
    """For the one format that amplifiers play: 16 kHz, mono, 16 bit."""
    return I2S(
        row["id"],
        sck=Pin(row["sck"]),
        ws=Pin(row["ws"]),
        sd=Pin(row["sd"]),
        mode=I2S.TX,
        bits=16,
        format=I2S.MONO,
        rate=RATE_HZ,
        ibuf=row["buffer_bytes"],
    )


def uart(row: "dict[str, Any]") -> UART:
    """8 data bits, no parity, 1 stop bit."""
    return UART(row["id"], row["baud"], tx=Pin(row["tx"]), rx=Pin(row["rx"]))
