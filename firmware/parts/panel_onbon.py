"""A text strip behind an Onbon controller, on the network or a serial line."""

from typing import Any

from drivers.linux.onbon.cards import card_of
from drivers.linux.onbon.panel import OnbonPanel
from drivers.linux.serial_port import SerialPort
from drivers.linux.tcp_port import TcpPort
from drivers.ports import BytePort

ANSWER_S = 0.5


def make(row: dict[str, Any], board: dict[str, Any]) -> OnbonPanel:
    """As large as the device's settings say. A board.json that was written before an option was there has its usual
    value. Raises ValueError when neither ``host`` nor ``device`` is told."""
    settings = board["settings"]
    port: BytePort
    if row["host"]:
        port = TcpPort(row["host"], row["tcp_port"], stall_s=ANSWER_S)
    elif row["device"]:
        port = SerialPort(row["device"], row["baud"])
    else:
        raise ValueError("panel_onbon: host or device missing; say where the controller is in the board's profile")
    options = ("address", "version", "device_type", "area_type")
    said = {key: row[key] for key in options if key in row}
    card = card_of(row.get("generation", "5k"), x_unit=row["x_unit"], **said)
    return OnbonPanel(
        port,
        card,
        settings["width_px"],
        settings["height_px"],
        colours=row["colours"],
        font_px=row["font_px"],
    )
