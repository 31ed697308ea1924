"""Sends the log that a device keeps in memory."""

from firmware.wire.messages.device_log import LogLine, LogPiece, SendLog

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

AT_ONCE = 2  # lines in a message: it is in memory five times while it is made and sent


def received(agent: "Any", payload: bytes) -> None:
    """``agent`` has boot, clock_ms(), log_lines() and report(). Raises Malformed.

    What comes too late, or before the hub told its clock, is left: the person asks again. Piece by piece, so that no
    message is longer than a small board can make.
    """
    act = SendLog.decode(payload)
    now_ms = agent.clock_ms()
    if now_ms is None or act.expires_at_ms <= now_ms:
        return
    lines = agent.log_lines()
    left = next(lines)
    pieces = max(1, (left + AT_ONCE - 1) // AT_ONCE)
    for piece in range(pieces):
        some = []
        for _ in range(min(AT_ONCE, left - piece * AT_ONCE)):
            at_ms, text = next(lines)
            some.append(LogLine(at_ms=max(0, at_ms), text=text))
        agent.report(LogPiece(boot=agent.boot, act=act.id, piece=piece, pieces=pieces, lines=some))
