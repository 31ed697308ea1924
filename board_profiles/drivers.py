"""What a profile may name as a driver: the keys it takes, the pins and buses it needs, where it works.

The keys are declared here once; `firmware.parts`, `firmware.platform` and `drivers.micropython` build from the same
names. In a key's type, ``pin`` says which way the pin works, ``bus`` which sort of bus the value names, ``node`` that
it is a device file or interface which only one part can have.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

# "right" names the words that say what a good value is (profile.right.*).
InPin = Annotated[int, Meta(extra={"pin": "in", "right": "pin"})]
OutPin = Annotated[int, Meta(extra={"pin": "out", "right": "pin"})]
BothPin = Annotated[int, Meta(extra={"pin": "both", "right": "pin"})]
MaybeOutPin = Annotated[int | None, Meta(extra={"pin": "out", "right": "pin"})]
MaybeInPin = Annotated[int | None, Meta(extra={"pin": "in", "right": "pin"})]
MaybeBothPin = Annotated[int | None, Meta(extra={"pin": "both", "right": "pin"})]
AdcPin = Annotated[int, Meta(extra={"pin": "in", "adc": True, "right": "pin"})]
Permille = Annotated[int, Meta(ge=1, le=999, extra={"right": "permille"})]
Number = Annotated[int, Meta(ge=0, le=31, extra={"right": "number"})]
Flag = Annotated[bool, Meta(extra={"right": "flag"})]
HoldMs = Annotated[int, Meta(ge=0, le=10000, extra={"right": "hold_ms"})]
DebounceMs = Annotated[int, Meta(ge=1, le=500, extra={"right": "debounce_ms"})]
Pull = Annotated[Literal["up", "down", "none"], Meta(extra={"right": "pull", "pull": True})]
Hz = Annotated[int, Meta(ge=100_000, le=80_000_000, extra={"right": "hz"})]
Baud = Annotated[int, Meta(ge=300, le=3_000_000, extra={"right": "baud"})]
BufferBytes = Annotated[int, Meta(ge=2048, le=64000, extra={"right": "buffer_bytes"})]
Level = Annotated[int, Meta(ge=1, le=31, extra={"right": "brightness"})]
Node = Annotated[str, Meta(pattern="^/dev/.+", extra={"right": "node", "node": True})]
MaybeNode = Annotated[str, Meta(pattern="^(/dev/.+)?$", extra={"right": "node", "node": True})]
Interface = Annotated[str, Meta(pattern="^[a-z][a-z0-9]{0,14}$", extra={"right": "interface", "node": True})]
Sound = Annotated[str, Meta(min_length=1, extra={"right": "sound", "node": True})]
Group = Annotated[str, Meta(pattern=r"^(22[4-9]|23\d)(\.\d{1,3}){3}$", extra={"right": "group"})]
UdpPort = Annotated[int, Meta(ge=1024, le=65534, extra={"right": "udp_port"})]
Ttl = Annotated[int, Meta(ge=1, le=255, extra={"right": "ttl"})]
CardAddress = Annotated[str, Meta(pattern=r"^(\d{1,3}(\.\d{1,3}){3})?$", extra={"right": "card_address"})]
UsbIds = Annotated[str, Meta(pattern="^[0-9a-f]{4}:[0-9a-f]{4}$", extra={"right": "usb_ids"})]
Matrix = Annotated[list[float], Meta(max_length=6, extra={"right": "matrix"})]
Folder = Annotated[str, Meta(pattern="^/[a-z0-9/_-]+$", extra={"right": "folder"})]
Codes = Annotated[list[int], Meta(min_length=1, max_length=64, extra={"right": "codes"})]
Degrees = Annotated[Literal[0, 90, 180, 270], Meta(extra={"right": "degrees"})]
Host = Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$", extra={"right": "host"})]
TcpPort = Annotated[int, Meta(ge=1, le=65535, extra={"right": "tcp_port"})]
UsbId = Annotated[str, Meta(pattern="^[0-9a-f]{4}:[0-9a-f]{4}$", extra={"right": "usb_id", "node": True})]
HexBytes = Annotated[str, Meta(pattern="^([0-9a-f]{2}){0,16}$", extra={"right": "hex_bytes"})]
PrinterModel = Annotated[  # rows of drivers/printer_models.py
    Literal["chinese_80", "chinese_58", "latin_80", "dots_80", "dots_58", "port_80", "silent_80"],
    Meta(extra={"right": "printer_model"}),
]
Spi = Annotated[str, Meta(extra={"bus": "spi", "right": "bus"})]
Uart = Annotated[str, Meta(extra={"bus": "uart", "right": "bus"})]
I2s = Annotated[str, Meta(extra={"bus": "i2s", "right": "bus"})]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One driver's table in a profile."""


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

    id: Number = 0  # of the state machine
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


class PageScreenRow(Row, frozen=True, kw_only=True):
    display: Node = "/dev/fb0"
    rotate: Degrees = 0


class TouchScreenRow(Row, frozen=True, kw_only=True):
    display: Node = "/dev/fb0"
    touch: Node
    rotate: Degrees = 0
    calibration: Matrix = []  # as drivers.linux.touch.calibration gives it; empty: the panel fits the screen


class KeysRow(Row, frozen=True, kw_only=True):
    input: Node
    codes: Codes  # linux/input-event-codes.h, one per key of the kind, in its order


class KeypadBusRow(Row, frozen=True, kw_only=True):
    """``send``: DE and RE of the transceiver. ``echoes``: units answer what they are told with the same frame."""

    bus: Uart
    send: MaybeOutPin = None
    echoes: Flag = False
    hears_itself: Flag = False


class KeypadSerialRow(Row, frozen=True, kw_only=True):
    device: Node
    baud: Baud = 9600
    echoes: Flag = False
    hears_itself: Flag = False


class IdCardSerialRow(Row, frozen=True, kw_only=True):
    device: Node
    baud: Baud = 115200


class IdCardUsbRow(Row, frozen=True, kw_only=True):
    ids: UsbIds = "0400:c35a"


class ScannerKeysRow(Row, frozen=True, kw_only=True):
    input: Node


class ScannerSerialRow(Row, frozen=True, kw_only=True):
    device: Node
    baud: Baud = 9600


class EscposRow(Row, frozen=True, kw_only=True):
    device: Node
    model: PrinterModel = "chinese_80"
    ask_word: HexBytes = ""  # of printers that tell a status word: what asks for it, from the manual


class EscposSerialRow(Row, frozen=True, kw_only=True):
    device: Node
    baud: Baud = 115_200
    is_rtscts: Flag = True  # the printer stops the line while it has no room
    model: PrinterModel = "chinese_80"
    ask_word: HexBytes = ""  # of printers that tell a status word: what asks for it, from the manual


class EscposUsbRow(Row, frozen=True, kw_only=True):
    id: UsbId
    model: PrinterModel = "chinese_80"
    ask_word: HexBytes = ""  # of printers that tell a status word: what asks for it, from the manual


class EscposTcpRow(Row, frozen=True, kw_only=True):
    host: Host
    port: TcpPort = 9100
    model: PrinterModel = "chinese_80"
    ask_word: HexBytes = ""  # of printers that tell a status word: what asks for it, from the manual


class SpeakerAlsa(Row, frozen=True, kw_only=True):
    device: Sound = "default"
    clips: Folder = "/var/lib/hallhub/clips"


class SpeakerRtp(Row, frozen=True, kw_only=True):
    """The device's setting ``multicast`` (address:port) goes before ``group`` and ``port``."""

    group: Group = "224.168.168.168"
    port: UdpPort = 34567
    ttl: Ttl = 1
    interface: CardAddress = ""
    law: Annotated[Literal["a", "u"], Meta(extra={"right": "law"})] = "a"
    clips: Folder = "/var/lib/hallhub/clips"


class PanelColorlight(Row, frozen=True, kw_only=True):
    interface: Interface
    more_interfaces: Annotated[list[str], Meta(max_length=15, extra={"right": "interfaces", "node": True})] = []
    cuts: Annotated[list[int], Meta(max_length=15, extra={"right": "cuts"})] = []  # where each of those begins
    card_px: Annotated[int, Meta(ge=16, le=2048, extra={"right": "card_px"})] = 512
    brightness: Annotated[int, Meta(ge=1, le=255, extra={"right": "brightness_255"})] = 128
    refresh_ms: Annotated[int, Meta(ge=0, le=3_600_000, extra={"right": "refresh_ms"})] = 1000
    flags: Annotated[Literal["0888", "0880"], Meta(extra={"right": "flags"})] = "0888"
    order: Annotated[Literal["bgr", "rgb", "grb", "gbr", "rbg", "brg"], Meta(extra={"right": "order"})] = "bgr"
    sync: Annotated[Literal["0107", "0101"], Meta(extra={"right": "sync"})] = "0107"
    is_asked: Flag = True


class PanelOnbon(Row, frozen=True, kw_only=True):
    """``host`` for one on the network, ``device`` for one on a serial line. 0: what the maker's own programs send."""

    generation: Annotated[Literal["5k", "6k", "6q"], Meta(extra={"right": "generation"})] = "5k"
    address: Annotated[int, Meta(ge=0, le=65535, extra={"right": "word"})] = 0
    version: Annotated[int, Meta(ge=0, le=255, extra={"right": "byte"})] = 0
    device_type: Annotated[int, Meta(ge=0, le=65535, extra={"right": "word"})] = 0
    area_type: Annotated[int, Meta(ge=0, le=255, extra={"right": "byte"})] = 0  # of generation 6q
    host: Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9.-]{0,62})?$", extra={"right": "host", "node": True})] = ""
    tcp_port: Annotated[int, Meta(ge=1, le=65535, extra={"right": "tcp_port"})] = 5005
    device: MaybeNode = ""
    baud: Baud = 57600
    x_unit: Annotated[Literal[1, 8], Meta(extra={"right": "x_unit"})] = 1
    colours: Annotated[Literal[1, 2], Meta(extra={"right": "colours"})] = 1
    font_px: Annotated[Literal[16, 24, 32], Meta(extra={"right": "font_px"})] = 16


class SenderNovastar(Row, frozen=True, kw_only=True):
    """``host`` for one on the network, ``device`` for one on a serial line. Registers are those of the cards."""

    host: Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9.-]{0,62})?$", extra={"right": "host", "node": True})] = ""
    tcp_port: Annotated[int, Meta(ge=1, le=65535, extra={"right": "tcp_port"})] = 5200
    device: MaybeNode = ""
    baud: Baud = 115_200
    brightness: Annotated[int, Meta(ge=1, le=255, extra={"right": "brightness_255"})] = 255
    brightness_register: Annotated[int, Meta(ge=0, le=0xFFFFFFFF, extra={"right": "register"})] = 0x02000001
    black_register: Annotated[int, Meta(ge=0, le=0xFFFFFFFF, extra={"right": "register"})] = 0x02000100
    is_wall_asked: Flag = True


RMII_PINS = {"txd0": 19, "tx_en": 21, "txd1": 22, "rxd0": 25, "rxd1": 26, "crs_dv": 27}  # ESP32 datasheet, EMAC


class Driver(msgspec.Struct, frozen=True, kw_only=True):
    """``place``: network, bus, led or part; ``part``: which part of a kind it is; ``ports``: where, "" is Linux."""

    name: str
    place: str
    row: type[Row]
    ports: tuple[str, ...]
    part: str = ""
    fixed_pins: dict[str, int] = {}


_MICRO = ("esp32", "rp2", "unix")
LINUX = ""  # the port of a computer that runs Linux
_LINUX = (LINUX,)
_DRIVERS = (
    Driver(name="spi", place="bus", row=SpiBus, ports=_MICRO),
    Driver(name="i2s", place="bus", row=I2sBus, ports=_MICRO),
    Driver(name="uart", place="bus", row=UartBus, ports=_MICRO),
    Driver(name="host", place="network", row=HostNetwork, ports=("unix", "")),
    Driver(name="lan_w5500", place="network", row=LanW5500, ports=("esp32",)),
    Driver(name="lan_rmii", place="network", row=LanRmii, ports=("esp32",), fixed_pins=RMII_PINS),
    Driver(name="wiznet", place="network", row=Wiznet, ports=("rp2",)),
    Driver(name="led_pin", place="led", row=LedPin, ports=_MICRO),
    Driver(name="led_rgb", place="led", row=LedRgb, ports=("esp32", "rp2")),
    Driver(name="button_pin", place="part", part="button", row=ButtonRow, ports=_MICRO),
    Driver(name="button_loop", place="part", part="button", row=ButtonLoop, ports=_MICRO),
    Driver(name="lamp_pin", place="part", part="lamp", row=LampRow, ports=_MICRO),
    Driver(name="speaker_i2s", place="part", part="speaker", row=SpeakerI2s, ports=_MICRO),
    Driver(name="panel_spi", place="part", part="panel", row=PanelSpi, ports=_MICRO),
    Driver(name="panel_hub75", place="part", part="panel", row=PanelHub75, ports=("rp2",)),
    Driver(name="page_screen", place="part", part="screen", row=PageScreenRow, ports=_LINUX),
    Driver(name="touch_screen", place="part", part="screen", row=TouchScreenRow, ports=_LINUX),
    Driver(name="keypad_bus", place="part", part="bus", row=KeypadBusRow, ports=_MICRO),
    Driver(name="keypad_serial", place="part", part="bus", row=KeypadSerialRow, ports=_LINUX),
    Driver(name="id_card_serial", place="part", part="reader", row=IdCardSerialRow, ports=_LINUX),
    Driver(name="id_card_usb", place="part", part="reader", row=IdCardUsbRow, ports=_LINUX),
    Driver(name="scanner_keys", place="part", part="scanner", row=ScannerKeysRow, ports=_LINUX),
    Driver(name="scanner_serial", place="part", part="scanner", row=ScannerSerialRow, ports=_LINUX),
    Driver(name="keys", place="part", part="keypad", row=KeysRow, ports=_LINUX),
    Driver(name="escpos", place="part", part="printer", row=EscposRow, ports=_LINUX),
    Driver(name="escpos_serial", place="part", part="printer", row=EscposSerialRow, ports=_LINUX),
    Driver(name="escpos_usb", place="part", part="printer", row=EscposUsbRow, ports=_LINUX),
    Driver(name="escpos_tcp", place="part", part="printer", row=EscposTcpRow, ports=_LINUX),
    Driver(name="speaker_rtp", place="part", part="speaker", row=SpeakerRtp, ports=_LINUX),
    Driver(name="speaker_alsa", place="part", part="speaker", row=SpeakerAlsa, ports=_LINUX),
    Driver(name="panel_colorlight", place="part", part="panel", row=PanelColorlight, ports=_LINUX),
    Driver(name="panel_onbon", place="part", part="panel", row=PanelOnbon, ports=_LINUX),
    Driver(name="sender_novastar", place="part", part="sender", row=SenderNovastar, ports=_LINUX),
)

DRIVERS = {driver.name: driver for driver in _DRIVERS}


def marked(row: type[msgspec.Struct], mark: str) -> dict[str, Any]:
    """Key → what its type says under ``mark``, for the keys that say something."""
    found = {}
    for field in msgspec.structs.fields(row):
        extra = extras(field.type)
        if mark in extra:
            found[field.name] = extra[mark]
    return found


def extras(kind: Any) -> dict[str, Any]:
    """What a key's type says beyond its values."""
    metas = [meta for meta in getattr(kind, "__metadata__", ()) if meta.extra]
    return {name: value for meta in metas for name, value in meta.extra.items()}
