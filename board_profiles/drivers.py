"""The drivers that a profile may name: what each is for, where it works, which keys it takes.

The keys are declared once, in `chip_rows` and `linux_rows`; `firmware.parts`, `firmware.platform` and
`drivers.micropython` build from the same names.
"""

import msgspec

from board_profiles.chip_rows import (
    RMII_PINS,
    ButtonLoop,
    ButtonRow,
    HostNetwork,
    I2sBus,
    KeypadBusRow,
    LampRow,
    LanRmii,
    LanW5500,
    LedPin,
    LedRgb,
    PanelHub75,
    PanelSpi,
    SpeakerI2s,
    SpiBus,
    UartBus,
    Wiznet,
)
from board_profiles.key_types import Row
from board_profiles.linux_rows import (
    EscposRow,
    EscposSerialRow,
    EscposTcpRow,
    EscposUsbRow,
    IdCardSerialRow,
    IdCardUsbRow,
    KeypadSerialRow,
    KeysRow,
    PageScreenRow,
    PanelColorlight,
    PanelOnbon,
    ScannerKeysRow,
    ScannerSerialRow,
    SenderNovastar,
    SpeakerAlsa,
    SpeakerRtp,
    TouchScreenRow,
)


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
