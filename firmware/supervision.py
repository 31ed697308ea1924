"""What a device does when a person at the hub looks after it. Loaded when the first such message comes."""

import asyncio

from firmware.wire.messages.supervision import LINES, Locate, Locating, LogLine, LogPiece, SendLog

try:
    from typing import Any
except ImportError:  # MicroPython
    pass


def received(agent: "Any", name: str, payload: bytes) -> None:
    """``agent`` has boot, clock_ms(), log_lines(), report(), locator and role. Raises Malformed.

    What comes too late, or before the hub told its clock, is left: the person asks again.
    """
    act = (SendLog if name == SendLog.name else Locate).decode(payload)
    now_ms = agent.clock_ms()
    if now_ms is None or act.expires_at_ms <= now_ms:
        return
    if isinstance(act, Locate):
        agent.report(Locating(boot=agent.boot, act=act.id, is_shown=_locate(agent, act.seconds)))
    else:
        _send_log(agent, act.id)


def _send_log(agent: "Any", act: str) -> None:
    """Piece by piece, so that no message is longer than a small board can make."""
    lines = agent.log_lines()
    pieces = max(1, (len(lines) + LINES - 1) // LINES)
    for piece in range(pieces):
        some = [LogLine(at_ms=max(0, at_ms), text=text) for at_ms, text in lines[piece * LINES : (piece + 1) * LINES]]
        agent.report(LogPiece(boot=agent.boot, act=act, piece=piece, pieces=pieces, lines=some))


def _locate(agent: "Any", seconds: int) -> bool:
    """Blink the board's own LED, and let a part of the role show it; False when there is neither."""
    part = getattr(agent.role, "found_by", None)
    if not part and not agent.locator:
        return False
    if agent.locating:
        agent.locating.cancel()
    agent.locating = asyncio.create_task(_shown(agent, part, seconds))
    return True


async def _shown(agent: "Any", part: "Any", seconds: int) -> None:
    if agent.locator:
        agent.locator.set("blink")
    try:
        if part:
            from firmware.locating import locate

            await locate(agent, part, seconds)
        else:
            await asyncio.sleep(seconds)
    except Exception as error:
        agent.note("locate", error)
    finally:
        if agent.locator:
            agent.locator.set("off")
