"""The keys of what a computer with Linux has: screens, readers, printers, sound, and the controllers of strips."""

from typing import Annotated, Literal

from msgspec import Meta

from board_profiles.key_types import (
    Baud,
    CardAddress,
    Codes,
    Degrees,
    Flag,
    Folder,
    Group,
    HexBytes,
    Host,
    Interface,
    Interfaces,
    Matrix,
    MaybeNode,
    Node,
    PrinterModel,
    Row,
    Sound,
    TcpPort,
    Ttl,
    UdpPort,
    UsbId,
    UsbIds,
)


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
    more_interfaces: Interfaces = []
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
