"""The keys of what hangs on a chip's pins: buses, network interfaces, lights, and the parts of small boards."""

from typing import Annotated, Literal

from msgspec import Meta

from board_profiles.key_types import (
    AdcPin,
    Baud,
    BothPin,
    BufferBytes,
    DebounceMs,
    Flag,
    Folder,
    HoldMs,
    Hz,
    I2s,
    InPin,
    Level,
    MaybeBothPin,
    MaybeInPin,
    MaybeOutPin,
    Number,
    OutPin,
    Permille,
    Pull,
    Row,
    Spi,
    StateMachine,
    Uart,
)

# ESP-IDF, esp_eth_mac_esp.h (emac_rmii_clock_gpio_t): the clock comes in on GPIO0 only, and goes out on one of three.
RMII_CLOCK_IN = (0,)
RMII_CLOCK_OUT = (0, 16, 17)
RMII_PINS = {"txd0": 19, "tx_en": 21, "txd1": 22, "rxd0": 25, "rxd1": 26, "crs_dv": 27}  # ESP32 datasheet, EMAC


class SpiBus(Row, frozen=True, kw_only=True):
    id: Number
    sck: OutPin
    mosi: OutPin
    miso: MaybeInPin = None
    hz: Hz = 10_000_000


class I2sBus(Row, frozen=True, kw_only=True):
    id: Number
    sck: OutPin
    ws: OutPin
    sd: OutPin
    buffer_bytes: BufferBytes = 8192


class UartBus(Row, frozen=True, kw_only=True):
    id: Number
    tx: OutPin
    rx: InPin
    baud: Baud = 9600


class HostNetwork(Row, frozen=True, kw_only=True):
    """The operating system brings it up."""


class LanW5500(Row, frozen=True, kw_only=True):
    bus: Spi
    cs: OutPin
    int: InPin  # ESP-IDF's driver needs the interrupt line
    reset: MaybeOutPin = None


class LanRmii(Row, frozen=True, kw_only=True):
    """The ESP32's own MAC. Its data lines are fixed, and taken too: see ``RMII_PINS``."""

    phy: Annotated[Literal["lan8710", "lan8720", "ip101", "rtl8201"], Meta(extra={"right": "phy"})]
    address: Number
    mdc: OutPin
    mdio: BothPin
    power: MaybeOutPin = None
    clock: BothPin = 0
    is_clock_out: Flag = False


class Wiznet(Row, frozen=True, kw_only=True):
    bus: Spi
    cs: OutPin
    reset: OutPin
    int: MaybeInPin = None  # without it the chip is polled


class LedPin(Row, frozen=True, kw_only=True):
    pin: OutPin
    active_low: Flag = False


class LedRgb(Row, frozen=True, kw_only=True):
    pin: OutPin


class ButtonRow(Row, frozen=True, kw_only=True):
    pin: InPin
    pull: Pull = "up"
    active_low: Flag = True
    hold_ms: HoldMs = 0
    debounce_ms: DebounceMs = 30


class ButtonLoop(Row, frozen=True, kw_only=True):
    """The loop is fed from the supply through a resistor as large as each of the two at its end.

    Limits are shares of the supply. ``case``: a contact to ground that opens with the lid.
    """

    pin: AdcPin
    case: MaybeBothPin = None  # needs the pull-up that an input-only pin has not
    hold_ms: HoldMs = 0
    debounce_ms: DebounceMs = 50
    short_below: Permille = 250
    alarm_from: Permille = 583
    open_from: Permille = 833


class LampRow(Row, frozen=True, kw_only=True):
    pin: OutPin
    active_low: Flag = False


class SpeakerI2s(Row, frozen=True, kw_only=True):
    bus: I2s
    enable: MaybeOutPin = None  # of the power amplifier: high while it plays
    clips: Folder = "/data/clips"


class PanelSpi(Row, frozen=True, kw_only=True):
    bus: Spi
    is_serpentine: Flag = True
    brightness: Level = 8


class PanelHub75(Row, frozen=True, kw_only=True):
    """r1 to b2 are six pins in a row; ``d`` and ``e`` where the panel has so many lines."""

    id: StateMachine = 0
    r1: OutPin
    g1: OutPin
    b1: OutPin
    r2: OutPin
    g2: OutPin
    b2: OutPin
    clk: OutPin
    lat: OutPin
    oe: OutPin
    a: OutPin
    b: OutPin
    c: OutPin
    d: MaybeOutPin = None
    e: MaybeOutPin = None
    planes: Annotated[int, Meta(ge=1, le=4, extra={"right": "planes"})] = 3
    order: Annotated[Literal["bgr", "rgb", "grb", "gbr", "rbg", "brg"], Meta(extra={"right": "order"})] = "rgb"
    line_us: Annotated[int, Meta(ge=1, le=1000, extra={"right": "line_us"})] = 60


class KeypadBusRow(Row, frozen=True, kw_only=True):
    """``send``: DE and RE of the transceiver. ``echoes``: units answer what they are told with the same frame."""

    bus: Uart
    send: MaybeOutPin = None
    echoes: Flag = False
    hears_itself: Flag = False
