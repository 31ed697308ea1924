"""Pages that are seldom seen: while something is waited for, at rest, before a start, in a test."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import imageio_ffmpeg
from PIL import Image, ImageDraw

from firmware.screens import call_terminal, evaluation, info_screen, kiosk, locate, self_test
from firmware.screens.page_screen import Page
from firmware.wire.messages.queue import ShowWindow

LANDSCAPE, PORTRAIT, TERMINAL = (1920, 1080), (1080, 1920), (1024, 600)
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
_FILES = tempfile.TemporaryDirectory()


def _photo() -> str:
    """A head and shoulders, as a badge has them."""
    picture = Image.new("RGB", (300, 400), "#9FC3E8")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((30, 270, 270, 560), "#24456B")
    draw.ellipse((85, 70, 215, 260), "#E8B995")
    draw.chord((80, 55, 220, 250), 180, 360, "#3A2A20")
    path = Path(_FILES.name) / "photo.png"
    picture.save(path)
    return str(path)


def _hills() -> str:
    """A picture whose edges, top and middle are told apart."""
    picture = Image.new("RGB", (1600, 900), "#BFDDF2")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((1200, 90, 1400, 290), "#FFD34D")
    draw.polygon([(0, 900), (500, 330), (1000, 900)], "#5C8A4A")
    draw.polygon([(600, 900), (1150, 480), (1600, 900)], "#3F6B35")
    draw.rectangle((0, 0, 1599, 899), outline="#C02020", width=12)
    path = Path(_FILES.name) / "hills.png"
    picture.save(path)
    return str(path)


def _film() -> str:
    """One picture of ffmpeg's own test pattern."""
    path = Path(_FILES.name) / "film.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=640x480:d=0.04:r=25"]
    subprocess.run([FFMPEG, "-v", "error", *source, "-y", str(path)], check=True)
    return str(path)


def _window(is_connected: bool = True, **facts: Any) -> dict[str, Any]:
    show = ShowWindow(epoch=1, rev=1, **{"state": "open", "waiting": 12, "staff": "0217", **facts})
    return {"show": show, "is_connected": is_connected, "code": "", "is_waiting": False}


SOMEBODY = {"staff": "0217", "staff_name": "李工"}
WAITING = [{"number": "HA003", "mark": "priority"}, {"number": "HB012"}]
SERVING = {"ticket": "20261122-HA001", "number": "HA001", "ticket_state": "serving", "service": "户籍业务"}
STRANGER = {"show": None, "is_connected": False, "code": "", "is_waiting": False}
FOUND = {"device": "info-hall1-02", "kind": "info_screen", "where": "综合服务一厅 2 号门右侧"}
FILM = {"path": _film(), "progress": {}, "program": FFMPEG}
TITLED = {"path": _hills(), "title": "办事大厅周六照常开放，欢迎您来办理"}
PAGES: dict[str, tuple[Any, dict[str, Any], tuple[int, int]]] = {
    "kiosk_wait": (kiosk.PAGES["wait"], {}, PORTRAIT),
    "kiosk_wait_strong": (kiosk.PAGES["wait"], {"is_strong": True, "language": "en"}, (1280, 800)),
    "evaluation_resting": (evaluation.PAGES["resting"], SOMEBODY, TERMINAL),
    "evaluation_message": (evaluation.PAGES["message"], {"code": "terminal.full"}, TERMINAL),
    "evaluation_photo": (evaluation.PAGES["asking"], {"number": "HA001", **SOMEBODY, "photo": _photo()}, TERMINAL),
    "info_picture": (info_screen.PAGES["picture"], TITLED, LANDSCAPE),
    "info_video": (info_screen.PAGES["video"], FILM, LANDSCAPE),
    "call_terminal_paused": (call_terminal.PAGES["window"], _window(state="paused", next=WAITING), TERMINAL),
    "call_terminal_closed": (call_terminal.PAGES["window"], _window(state="closed"), TERMINAL),
    "call_terminal_nobody": (call_terminal.PAGES["window"], _window(state="closed", staff="", waiting=0), TERMINAL),
    "call_terminal_offline": (call_terminal.PAGES["window"], _window(False, next=WAITING, **SERVING), TERMINAL),
    "call_terminal_starting": (call_terminal.PAGES["window"], STRANGER, TERMINAL),
    "locate": (Page(locate.draw), FOUND, LANDSCAPE),
    "locate_portrait": (Page(locate.draw), FOUND, PORTRAIT),
    "self_test": (Page(self_test.draw), {"colour": "", "is_touch": False}, LANDSCAPE),
    "self_test_touch": (Page(self_test.draw), {"colour": "", "is_touch": True}, TERMINAL),
}
