"""What each chip's pins can be, written out a second time from the makers' documents."""

from pathlib import Path
from typing import Any

import pytest
from esptool.targets import CHIP_DEFS

from board_profiles.chips import CHIPS
from board_profiles.drivers import DRIVERS
from tests.boards.test_profiles import variant

# ESP-IDF Programming Guide, "GPIO & RTC GPIO" of each chip; UART0 as in the chip's datasheet, "IO MUX functions".
# Of the ESP32's inputs 34 to 39, GPIO37 and 38 are on no module.
NOT_FOR_PARTS = {
    "esp32": {
        "flash": {6, 7, 8, 9, 10, 11},
        "console": {1, 3},
        "strapping": {0, 2, 5, 12, 15},
        "input_only": {34, 35, 36, 39},
    },
    "esp32s3": {
        "flash": {26, 27, 28, 29, 30, 31, 32},
        "usb": {19, 20},
        "console": {43, 44},
        "strapping": {0, 3, 45, 46},
        "input_only": set(),
    },
    "rp2350": {"strapping": set(), "input_only": set()},
}
BOARD_OF = {"esp32": "esp32_poe", "esp32s3": "esp32_s3_eth"}
SAID = {
    "flash": "the chip's flash is on it",
    "usb": "USB is on it",
    "console": "the serial console is on it",
    "strapping": "at power-on it decides how the chip starts",
    "input_only": "is an input only",
}
EACH = [(chip, pin, why) for chip in BOARD_OF for why, pins in NOT_FOR_PARTS[chip].items() for pin in sorted(pins)]


@pytest.mark.parametrize(("chip", "pin", "why"), EACH)
def test_no_lamp_hangs_on_a_pin_that_the_chip_needs(chip: str, pin: int, why: str, tmp_path: Path) -> None:
    lines = variant(tmp_path, BOARD_OF[chip], {"kinds.help_button.parts.lamp.pin": pin})
    assert any(f"GPIO{pin} " in line and SAID[why] in line for line in lines), lines


@pytest.mark.parametrize("chip", NOT_FOR_PARTS)
def test_no_other_pin_is_kept_from_parts(chip: str) -> None:
    told: dict[str, set[int]] = {"strapping": set(CHIPS[chip].strapping), "input_only": set(CHIPS[chip].input_only)}
    for pin, why in CHIPS[chip].held.items():
        told.setdefault(why, set()).add(pin)
    assert told == NOT_FOR_PARTS[chip]


# RP2350 datasheet, table "GPIO functions", columns F1 and F2, and MicroPython, ports/rp2/machine_spi.c and
# machine_uart.c, which compute it: an SPI is the one of bit 3 of the pin's number, a UART that of the number plus 4.
REACH: dict[tuple[str, int], dict[str, set[int]]] = {
    ("spi", 0): {"sck": {2, 6, 18, 22}, "mosi": {3, 7, 19, 23}, "miso": {0, 4, 16, 20}},
    ("spi", 1): {"sck": {10, 14, 26}, "mosi": {11, 15, 27}, "miso": {8, 12, 24, 28}},
    ("uart", 0): {"tx": {0, 12, 16, 28}, "rx": {1, 13, 17, 29}},
    ("uart", 1): {"tx": {4, 8, 20, 24}, "rx": {5, 9, 21, 25}},
}
SIGNALS = [(bus, number, signal) for (bus, number), signals in REACH.items() for signal in signals]


@pytest.mark.parametrize(("bus", "number", "signal"), SIGNALS)
def test_a_signal_of_the_rp2350_reaches_these_pins_and_no_others(
    bus: str, number: int, signal: str, tmp_path: Path
) -> None:
    good = REACH[bus, number]
    for pin in range(30):
        row: dict[str, Any] = {key: min(pins) for key, pins in good.items()}
        added = {"buses.more": {**row, "driver": bus, "id": number, signal: pin}}
        lines = [line for line in variant(tmp_path, "w5500_evb_pico2", added) if "does not reach" in line]
        assert bool(lines) == (pin not in good[signal]), (pin, lines)
        assert all(f"{bus}{number} {signal} does not reach GPIO{pin}" in line for line in lines)


def test_the_esp32_s_own_ethernet_holds_its_data_lines() -> None:
    """ESP32 datasheet, "Peripheral Pin Configurations", EMAC, function RMII."""
    wired = {"txd0": 19, "tx_en": 21, "txd1": 22, "rxd0": 25, "rxd1": 26, "crs_dv": 27}
    assert DRIVERS["lan_rmii"].fixed_pins == wired


@pytest.mark.parametrize("pin", [19, 21, 22, 25, 26, 27])
def test_no_part_hangs_on_a_data_line_of_the_ethernet(pin: int, tmp_path: Path) -> None:
    lines = variant(tmp_path, "esp32_poe", {"free": [32, 33, pin], "kinds.help_button.parts.lamp.pin": pin})
    assert any(f"GPIO{pin} is used by network." in line for line in lines if ": free: " in line), lines


def test_an_image_begins_where_the_rom_looks_for_it() -> None:
    """As esptool, the maker's tool, knows it."""
    begins = {name: chip.image_offset for name, chip in CHIPS.items() if chip.image_offset is not None}
    assert begins == {name: CHIP_DEFS[name].BOOTLOADER_FLASH_OFFSET for name in ("esp32", "esp32s3")}
