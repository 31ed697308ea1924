"""The chips that boards are made of: which pins they have, and which of them a person may not wire.

Facts, not opinions; where each comes from stands beside it. A pin is the chip's GPIO number.
"""

import msgspec

Pins = frozenset[int]


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """``port`` is MicroPython's, empty on Linux. ``held`` says which pins are taken, and by what (profile.pin.*)."""

    name: str
    port: str = ""
    word_bits: int = 64
    pins: Pins = frozenset()
    input_only: Pins = frozenset()  # these have no pull resistors either
    adc: Pins = frozenset()  # those that can measure a voltage, also while a network is up
    strapping: Pins = frozenset()  # read at reset: what hangs on them can keep the board from starting
    held: dict[int, str] = {}
    held_by_psram: dict[str, Pins] = {}  # kind of PSRAM → pins
    # (bus driver, number on the chip) → key → pins that can do it; no entry for a key: any pin can
    buses: dict[tuple[str, int], dict[str, Pins]] = {}
    is_ws_after_sck: bool = False  # I2S: the word clock must be the pin after the bit clock
    image_offset: int | None = None  # where in the flash an image begins; None: it is a UF2 file, or there is none
    watchdog_ms: tuple[int, int] = (0, 0)  # shortest and longest; 0, 0: it has none


def _span(*ranges: tuple[int, int]) -> Pins:
    return frozenset(pin for first, last in ranges for pin in range(first, last + 1))


def _held(**reasons: Pins) -> dict[int, str]:
    return {pin: reason for reason, pins in reasons.items() for pin in pins}


def _any_pins(
    spi: tuple[int, ...], i2s: tuple[int, ...], uart: tuple[int, ...]
) -> dict[tuple[str, int], dict[str, Pins]]:
    """Buses of a chip whose signals can be led to any pin."""
    numbered = (("spi", spi), ("i2s", i2s), ("uart", uart))
    return {(driver, number): {} for driver, numbers in numbered for number in numbers}


def _p(*pins: int) -> Pins:
    return frozenset(pins)


_CHIPS = (
    # Pins, strapping pins, flash pins, inputs without pulls: ESP-IDF Programming Guide, GPIO & RTC GPIO, ESP32.
    # GPIO20 exists on the PICO-V3 package only, GPIO24 and 28-31 on none. 37 and 38 are not led out of the modules.
    # UART0 (1, 3) is the console; MicroPython numbers the two free SPI hosts 1 and 2 (its ESP32 quick reference).
    Chip(
        name="esp32",
        port="esp32",
        word_bits=32,
        pins=_span((0, 19), (21, 23), (25, 27), (32, 36), (39, 39)),
        input_only=_span((34, 36), (39, 39)),
        adc=_span((32, 36), (39, 39)),  # ADC1; ADC2 is the radio's (ESP-IDF, Analog to Digital Converter)
        strapping=_p(0, 2, 5, 12, 15),
        held=_held(flash=_span((6, 11)), console=_p(1, 3)),
        held_by_psram={"quad": _p(16, 17)},
        buses=_any_pins(spi=(1, 2), i2s=(0, 1), uart=(1, 2)),
        image_offset=0x1000,  # esptool: where the ROM looks for the second stage
        watchdog_ms=(1000, 3600000),
    ),
    # ESP-IDF Programming Guide, GPIO, ESP32-S3: 22-25 do not exist, 26-32 are flash (and quad PSRAM), 33-37 are octal
    # PSRAM, 19 and 20 USB (flashing goes over it), 0, 3, 45, 46 strapping; UART0 on 43 and 44.
    Chip(
        name="esp32s3",
        port="esp32",
        word_bits=32,
        pins=_span((0, 21), (26, 48)),
        adc=_span((1, 10)),  # ADC1
        strapping=_p(0, 3, 45, 46),
        held=_held(flash=_span((26, 32)), usb=_p(19, 20), console=_p(43, 44)),
        held_by_psram={"octal": _span((33, 37))},
        buses=_any_pins(spi=(1, 2), i2s=(0, 1), uart=(1, 2)),
        image_offset=0,
        watchdog_ms=(1000, 3600000),
    ),
    # RP2350 datasheet, GPIO functions F1 (SPI) and F2 (UART), package A with GPIO0-29; flash has pins of its own.
    # I2S is made by PIO with side-set, so WS must be SCK + 1; the longest watchdog is 16777 ms
    # (MicroPython, ports/rp2/machine_i2s.c and machine_wdt.c).
    Chip(
        name="rp2350",
        port="rp2",
        word_bits=32,
        pins=_span((0, 29)),
        adc=_span((26, 29)),
        buses={
            ("spi", 0): {"sck": _p(2, 6, 18, 22), "mosi": _p(3, 7, 19, 23), "miso": _p(0, 4, 16, 20)},
            ("spi", 1): {"sck": _p(10, 14, 26), "mosi": _p(11, 15, 27), "miso": _p(8, 12, 24, 28)},
            ("uart", 0): {"tx": _p(0, 12, 16, 28), "rx": _p(1, 13, 17, 29)},
            ("uart", 1): {"tx": _p(4, 8, 20, 24), "rx": _p(5, 9, 21, 25)},
            ("i2s", 0): {},
            ("i2s", 1): {},
        },
        is_ws_after_sck=True,
        watchdog_ms=(1, 16777),
    ),
    # A process on a PC: MicroPython's unix port, with pins that a simulator reads and drives.
    Chip(
        name="virtual",
        port="unix",
        pins=_span((0, 31)),
        adc=_span((0, 31)),
        buses=_any_pins(spi=(1, 2), i2s=(0, 1), uart=(1, 2)),
        watchdog_ms=(100, 3600000),
    ),
    Chip(name="x86_64"),
    Chip(name="arm64"),
)

CHIPS = {chip.name: chip for chip in _CHIPS}
