"""`page_fps`: whole pages at 1920x1080, one after another, from their content to the bytes of a frame buffer."""

import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from drivers.linux.frame_buffer import FrameBuffer, Geometry
from firmware.screens import call_terminal, evaluation, hall_display, kiosk
from firmware.screens.page_screen import Frame, Page
from firmware.screens.ticker import Ticker
from firmware.wire.messages.queue import ShowServices, ShowWindow
from firmware.wire.messages.screen import ShowCalls

SIZE = (1920, 1080)
PAGES, NOTICES = 90, 120
_NOTICE = "尊敬的办事群众：本周六上午系统升级，期间暂停取号。" * 3
_LABELS = ("户籍业务", "出入境证件（护照、港澳台通行证）受理", "不动产登记", "社保医保综合窗口", "企业开办一件事专区")


def page_figures() -> dict[str, float]:
    """``page_fps``: page changes a second, every page unlike the one before; ``page_first_ms``: with no glyph kept yet.

    ``ticker_cpu_percent``: of one core, for a notice that runs at 30 pictures a second.
    """
    geometry = Geometry(*SIZE, SIZE[0] * 4, "BGRX")
    with tempfile.TemporaryDirectory(prefix="hallhub-bench-") as folder:
        path = Path(folder) / "fb0"
        path.write_bytes(bytes(geometry.stride * geometry.height_px))
        with path.open("r+b", buffering=0) as file:
            screen = FrameBuffer(file, geometry)
            took = [_put(screen, frame) for frame in islice(_frames(), 6)]
            began_s = time.perf_counter()
            for frame in islice(_frames(), PAGES):
                screen.put(frame, 0)
            page_s = (time.perf_counter() - began_s) / PAGES
            return {
                "page_fps": 1 / page_s,
                "page_first_ms": max(took) * 1000,
                "ticker_cpu_percent": 100 * 30 * _notice_s(screen),
            }


def _put(screen: FrameBuffer, frame: Frame) -> float:
    began_s = time.perf_counter()
    screen.put(frame, 0)
    return time.perf_counter() - began_s


def _notice_s(screen: FrameBuffer) -> float:
    """Processor seconds for one step of a running notice."""
    show = ShowCalls(epoch=1, rev=1, hall="一厅", called=[], waiting=[], notice=_NOTICE)
    frame = Frame("calls", {"show": show, "is_connected": True}, hall_display.PAGES["calls"], *SIZE)
    moving = frame.moving()
    assert isinstance(moving[0], Ticker)
    screen.put(frame, 0)
    began_s = time.process_time()
    for at in range(NOTICES):
        screen.put_moving(moving, at * 33)
    return (time.process_time() - began_s) / NOTICES


def _frames() -> Iterator[Frame]:
    """All kinds of pages in turn; the numbers on them are always new."""
    for serial, make in enumerate(cycle((_calls, _choose, _wait, _take, _window, _asking))):
        name, page, content = make(serial)
        yield Frame(name, content, page, *SIZE)


Made = tuple[str, Page, dict[str, Any]]


def _calls(serial: int) -> Made:
    called = [{"number": f"HA{serial + at:03}", "window": (serial + at) % 26 + 1} for at in range(6)]
    waiting = [{"label": label, "waiting": serial * (at + 3) % 97} for at, label in enumerate(_LABELS)]
    windows = [{"number": at + 1, "state": ("open", "paused", "closed")[(at + serial) % 3]} for at in range(26)]
    show = ShowCalls(epoch=1, rev=1, hall="综合服务一厅", called=called, waiting=waiting, windows=windows)
    return "calls", hall_display.PAGES["calls"], {"show": show, "is_connected": True}


def _choose(serial: int) -> Made:
    offers = [{"service": f"s{at}", "label": _LABELS[at % 5], "waiting": serial * at % 31} for at in range(12)]
    show = ShowServices(epoch=1, rev=1, hall="出入境服务厅", offers=offers)
    return "choose", kiosk.PAGES["choose"], {"show": show, "language": "zh"}


def _wait(serial: int) -> Made:
    return "wait", kiosk.PAGES["wait"], {}


def _take(serial: int) -> Made:
    return "take", kiosk.PAGES["take"], {"number": f"HB{serial:03}", "ahead": serial % 40}


def _window(serial: int) -> Made:
    facts = {"ticket": f"20261122-HA{serial:03}", "number": f"HA{serial:03}", "ticket_state": "called"}
    show = ShowWindow(epoch=1, rev=1, state="open", waiting=serial % 40, service=_LABELS[1], **facts)
    content = {"show": show, "is_connected": True, "code": "", "is_waiting": False}
    return "window", call_terminal.PAGES["window"], content


def _asking(serial: int) -> Made:
    return "asking", evaluation.PAGES["asking"], {"number": f"HA{serial:03}"}
