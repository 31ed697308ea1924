"""The Novastar sending card of a LED wall, on a serial line (most have it behind their USB plug) or on the network."""

from typing import Any

from drivers.linux.novastar.sender import NovastarSender
from drivers.linux.serial_port import SerialPort
from drivers.linux.tcp_port import TcpPort
from drivers.ports import BytePort

ANSWER_S = 0.5


def make(row: dict[str, Any], board: dict[str, Any]) -> NovastarSender:
    """Raises ValueError when neither ``host`` nor ``device`` is told."""
    port: BytePort
    if row["host"]:
        port = TcpPort(row["host"], row["tcp_port"], stall_s=ANSWER_S)
    elif row["device"]:
        port = SerialPort(row["device"], row["baud"])
    else:
        raise ValueError("sender_novastar: host or device missing; say where the sender is in the board's profile")
    return NovastarSender(
        port,
        brightness=row["brightness"],
        brightness_register=row["brightness_register"],
        black_register=row["black_register"],
        is_wall_asked=row["is_wall_asked"],
    )
