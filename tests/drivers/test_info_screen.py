"""The info screen: what the playlist says is fetched once, kept, and shown again and again; films by ffmpeg."""

import asyncio
import hashlib
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from PIL import Image

from drivers.linux.frame_buffer import FrameBuffer, Geometry
from firmware.file_store import FileStore
from firmware.roles.evaluation_terminal import EvaluationTerminal
from firmware.roles.info_screen import InfoScreen
from firmware.screens import evaluation
from firmware.screens.film import Film
from firmware.screens.info_screen import PAGES
from firmware.screens.page_screen import Frame, PageScreen
from firmware.wire.messages.queue import ShowEvaluation
from firmware.wire.messages.screen import ShowPlaylist
from hub.update.server import ShelfServer
from simulators.parts.screen import SimulatedScreen

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


class Outlet:
    """What the role asks through: a folder to keep things in, and an ear for what went wrong."""

    def __init__(self, folder: Path) -> None:
        self.keep = (str(folder), False)
        self.notes: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    def begin(self, what: str, work: Callable[[], Any]) -> None:
        self.tasks.append(asyncio.create_task(work()))

    def note(self, where: str, error: Exception) -> None:
        self.notes.append(str(error))


def put(shelf: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    (shelf / digest).write_bytes(data)
    return digest


def png(folder: Path, colour: str) -> bytes:
    path = folder / (colour + ".png")
    Image.new("RGB", (64, 36), colour).save(path)
    return path.read_bytes()


def playlist(url: str, *items: dict[str, Any], rev: int = 1) -> ShowPlaylist:
    return ShowPlaylist(epoch=1, rev=rev, url=url, items=list(items))


Story = Callable[[InfoScreen, SimulatedScreen, Path, str, ShelfServer], Awaitable[None]]


def with_role(tmp_path: Path, story: Story) -> None:
    async def whole() -> None:
        shelf = tmp_path / "shelf"
        shelf.mkdir()
        server = await ShelfServer(shelf).open("127.0.0.1")
        screen = SimulatedScreen(640, 360)
        role = InfoScreen({"site_name": "市民服务中心"}, {"screen": PageScreen(screen, PAGES)})
        role.outlet = Outlet(tmp_path / "kept")
        task = asyncio.create_task(role.run())
        try:
            await asyncio.wait_for(story(role, screen, shelf, server.url("127.0.0.1"), server), 15)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await server.close()

    asyncio.run(whole())


async def until(is_so: Callable[[], Any]) -> None:
    while not is_so():
        await asyncio.sleep(0.005)


def test_pictures_are_fetched_once_and_shown_in_turn(tmp_path: Path) -> None:
    async def story(role: InfoScreen, screen: SimulatedScreen, shelf: Path, url: str, server: ShelfServer) -> None:
        await until(lambda: screen.page == "empty")
        red, blue = (put(shelf, png(tmp_path, colour)) for colour in ("red", "blue"))
        guide = {"kind": "guide", "title": "办事指南", "text": "请带身份证", "seconds": 0}
        items = [{"kind": "picture", "file": red, "seconds": 0}, guide, {"kind": "picture", "file": blue, "seconds": 0}]
        role.shown(playlist(url, *items), 0)
        assert screen.page == "guide", "what needs no file is there at once"
        seen = []
        screen.changed.also(
            watcher := _Watcher(lambda: seen.append((screen.page, screen.content.get("path", "")[-64:])))
        )
        await until(lambda: {("picture", red), ("picture", blue)} <= set(seen))
        assert screen.image().getpixel((320, 180)) in ((255, 0, 0), (0, 0, 255)) or screen.page == "guide"
        served = server.served_bytes
        await until(lambda: seen.count(("picture", red)) > 2)
        assert server.served_bytes == served
        screen.changed.no_more(watcher)

    with_role(tmp_path, story)


class _Watcher:
    """Stands where a Change may stand."""

    def __init__(self, look: Callable[[], None]) -> None:
        self.notify = look


def test_what_was_kept_is_shown_without_the_hub_and_let_go_when_it_is_no_more_wanted(tmp_path: Path) -> None:
    async def story(role: InfoScreen, screen: SimulatedScreen, shelf: Path, url: str, server: ShelfServer) -> None:
        red, blue = (put(shelf, png(tmp_path, colour)) for colour in ("red", "blue"))
        kept = tmp_path / "kept" / "shown"
        role.shown(playlist(url, {"kind": "picture", "file": red}), 0)
        await until(lambda: screen.page == "picture")
        await server.close()
        role.shown(playlist(url, {"kind": "picture", "file": red}, {"kind": "picture", "file": blue}, rev=2), 0)
        assert screen.content["path"].endswith(red)
        await until(lambda: role.outlet.notes)
        role.shown(playlist(url, {"kind": "guide", "title": "通知"}, rev=3), 0)
        await until(lambda: not (kept / red).exists())
        assert screen.page == "guide"

    with_role(tmp_path, story)


def test_a_file_that_is_not_what_its_name_says_is_not_shown(tmp_path: Path) -> None:
    async def story() -> None:
        shelf = tmp_path / "shelf"
        shelf.mkdir()
        digest = hashlib.sha256(b"right").hexdigest()
        (shelf / digest).write_bytes(b"wrong")
        server = await ShelfServer(shelf).open("127.0.0.1")
        notes: list[str] = []
        store = FileStore(str(tmp_path / "kept"), lambda error: notes.append(str(error)))
        task = asyncio.create_task(store.run())
        store.want(server.url("127.0.0.1"), [digest], lambda: None)
        await until(lambda: notes)
        assert "is not " + digest[:12] in notes[0]
        assert store.path(digest) == ""
        (shelf / digest).write_bytes(b"right")
        store.want(server.url("127.0.0.1"), [digest, "0" * 64], lambda: None)
        await until(lambda: store.path(digest))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await server.close()

    asyncio.run(asyncio.wait_for(story(), 10))


def film(tmp_path: Path) -> str:
    """Half a second of white, then half a second of blue."""
    path = tmp_path / "film.mp4"
    sources = [
        "-f",
        "lavfi",
        "-i",
        "color=white:s=160x90:d=0.5:r=25",
        "-f",
        "lavfi",
        "-i",
        "color=blue:s=160x90:d=0.5:r=25",
    ]
    command = [FFMPEG, "-v", "error", *sources, "-filter_complex", "[0][1]concat=n=2", "-y", str(path)]
    subprocess.run(command, check=True)
    return str(path)


def test_a_film_runs_on_the_screen_to_its_end_and_nothing_goes_on_running(tmp_path: Path) -> None:
    path = tmp_path / "fb0"
    path.write_bytes(bytes(160 * 90 * 4))
    progress: dict[str, Any] = {}
    content = {"path": film(tmp_path), "progress": progress, "program": FFMPEG}

    async def story() -> list[bytes]:
        seen = []
        with path.open("r+b", buffering=0) as file:
            screen = FrameBuffer(file, Geometry(160, 90, 640, "RGBX"))
            screen.invalidate(Frame("video", content, PAGES["video"], 160, 90))
            while not progress.get("over"):
                seen.append(path.read_bytes()[640 * 45 + 320 :][:3])
                await asyncio.sleep(0.01)
            screen.invalidate(Frame("empty", {"site": "", "is_loading": False}, PAGES["empty"], 160, 90))
            while path.read_bytes()[:3] != b"\x07\x1a\x33":
                await asyncio.sleep(0.01)
        return seen

    seen = asyncio.run(asyncio.wait_for(story(), 20))
    assert any(min(colour) > 230 for colour in seen), "white"
    assert any(colour[2] > 230 and colour[0] < 40 for colour in seen), "blue"
    assert "fault" not in progress


@pytest.mark.parametrize(
    ("program", "data", "fault"),
    [("no-such-program", b"", "install it"), (FFMPEG, b"this is no film", "no film that ffmpeg can read")],
)
def test_a_film_that_cannot_be_played_says_why(program: str, data: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    progress: dict[str, Any] = {}
    shown = Film(str(path), (0, 0, 16, 16), progress, program)
    assert shown.image_at(40) is None
    assert progress["over"]
    assert fault in progress["fault"]
    shown.close()


def test_a_film_that_cannot_keep_up_leaves_pictures_out(tmp_path: Path) -> None:
    progress: dict[str, Any] = {}
    shown = Film(film(tmp_path), (0, 0, 160, 90), progress, FFMPEG)
    assert shown.image_at(1000) is not None
    late = shown.image_at(1000 + 600)  # 15 pictures later: of those 8 are skipped at once, then the rest
    assert late is not None
    later = shown.image_at(1000 + 700)
    assert later is not None
    assert later.getpixel((80, 45))[2] > 230
    assert later.getpixel((80, 45))[0] < 40, "blue: the second half"
    shown.close()
    assert shown.image_at(1000 + 800) is None


def test_the_picture_of_who_works_at_a_window_is_fetched_for_the_visitor(tmp_path: Path) -> None:
    async def story() -> None:
        shelf = tmp_path / "shelf"
        shelf.mkdir()
        face = put(shelf, png(tmp_path, "red"))
        server = await ShelfServer(shelf).open("127.0.0.1")
        screen = SimulatedScreen(1024, 600)
        role = EvaluationTerminal({}, {"screen": PageScreen(screen, evaluation.PAGES)})
        role.outlet = Outlet(tmp_path / "kept")
        known = {"ticket": "20261122-HA001", "number": "HA001", "staff": "0217"}
        role.shown(ShowEvaluation(epoch=1, rev=1, photo=face, url=server.url("127.0.0.1"), **known), 0)
        assert (screen.page, screen.content["photo"]) == ("asking", "")
        await until(lambda: screen.content["photo"])
        assert screen.image().getpixel((70, 60)) == (255, 0, 0)
        for task in role.outlet.tasks:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await server.close()

    asyncio.run(asyncio.wait_for(story(), 10))
