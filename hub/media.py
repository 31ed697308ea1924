"""Pictures, films and guides of a running hub: what lies in its media folder is served, and said to info screens.

    media/all/…            for every info screen
    media/<device id>/…    for one of them, after those
    media/staff/<badge>.jpg   who works at a window, for evaluation terminals

Items are shown in the order of their names. A number of seconds may stand before the ending: ``02-map.20s.png``. A film
(.mp4 .mkv .webm .mov) runs to its end, a picture (.jpg .jpeg .png .webp) stays 10 s, a guide (.txt: title, then a line
for each paragraph) 20 s. Files may be put there and taken away while the hub runs.
"""

import asyncio
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.kinds import KINDS
from firmware.wire import topics
from firmware.wire.fields import dump
from firmware.wire.messages.screen import PlaylistItem, ShowPlaylist
from hub.config import MediaSettings
from hub.effects.screens import Publish
from hub.effects.shorten import shorten
from hub.engine.plan import Plan
from hub.private_file import private_folder, write_private
from hub.service import Service
from hub.update.server import ShelfServer

KINDS_OF_FILES = {
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp"), ("picture", 10)),
    **dict.fromkeys((".mp4", ".mkv", ".webm", ".mov"), ("video", 0)),
    ".txt": ("guide", 20),
}
MAX_ITEMS, MAX_TITLE, MAX_TEXT, MAX_SECONDS = 60, 40, 400, 7200  # as the message declares
ALL, STAFF = "all", "staff"
_SECONDS = re.compile(r"\.(\d{1,4})s$")


class _Known(msgspec.Struct):
    """A file that was read once: by its size and time it is seen whether it is another now."""

    size: int
    changed_ns: int
    digest: str


class Media:
    """``folder`` is where people put files; ``shelf`` where they lie by digest, as they are served."""

    def __init__(self, folder: Path, shelf: Path) -> None:
        self.shelf = shelf
        self._folder = folder
        self._known: dict[Path, _Known] = {}
        self.lists: dict[str, list[PlaylistItem]] = {}  # folder's name → its items
        self.photos: dict[str, str] = {}  # badge → digest

    def look(self) -> bool:
        """Look what is there now; True when that is something else than before. Raises OSError."""
        before = (self.lists, self.photos)
        lists: dict[str, list[PlaylistItem]] = {}
        photos: dict[str, str] = {}
        for place in sorted(self._folder.iterdir()) if self._folder.is_dir() else []:
            if place.name == STAFF and place.is_dir():
                photos = {path.stem: self._digest(path) for path in _files(place) if _kind(path) == "picture"}
            elif place.is_dir():
                items = [item for path in _files(place) if (item := self._item(path)) is not None]
                lists[place.name] = items
        self.lists, self.photos = lists, photos
        self._sweep()
        return (lists, photos) != before

    def items(self, device: str) -> list[PlaylistItem]:
        """What an info screen shows."""
        return (self.lists.get(ALL, []) + self.lists.get(device, []))[:MAX_ITEMS]

    def _item(self, path: Path) -> PlaylistItem | None:
        kind, seconds = KINDS_OF_FILES[path.suffix.lower()]
        told = _SECONDS.search(path.stem)
        if told is not None:
            seconds = min(int(told[1]), MAX_SECONDS)
        if kind != "guide":
            return PlaylistItem(kind=kind, file=self._digest(path), seconds=seconds)
        title, _, text = path.read_text(encoding="utf-8", errors="replace").strip().partition("\n")
        if not title:
            return None
        title, text = shorten(title.strip(), MAX_TITLE), shorten(text.strip(), MAX_TEXT)
        return PlaylistItem(kind=kind, seconds=seconds, title=title, text=text)

    def _digest(self, path: Path) -> str:
        facts = path.stat()
        known = self._known.get(path)
        if known is None or (known.size, known.changed_ns) != (facts.st_size, facts.st_mtime_ns):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            known = self._known[path] = _Known(facts.st_size, facts.st_mtime_ns, digest)
            self._put(path, digest)
        return known.digest

    def _put(self, path: Path, digest: str) -> None:
        """Onto the shelf, without a second copy where the disk allows it."""
        private_folder(self.shelf)
        place = self.shelf / digest
        if not place.exists():
            try:
                os.link(path, place)
            except OSError:  # another disk
                write_private(place, path.read_bytes())

    def _sweep(self) -> None:
        """What nobody shows any more goes off the shelf."""
        self._known = {path: known for path, known in self._known.items() if path.exists()}
        kept = {known.digest for known in self._known.values()}
        for path in self.shelf.iterdir() if self.shelf.is_dir() else []:
            if path.name not in kept:
                path.unlink()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in KINDS_OF_FILES and path.is_file())


def _kind(path: Path) -> str:
    return KINDS_OF_FILES[path.suffix.lower()][0]


class MediaService(Service):
    """``host`` is where devices reach this machine. Nothing is served as long as there is no media folder."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        settings: MediaSettings,
        host: str,
        publish: Publish,
        epoch: int,
        clock_ms: Callable[[], int],
    ) -> None:
        self.media = Media(folder / "media", folder / "media-shelf")
        self.changed: Callable[[], None] = lambda: None
        self._plan = plan
        self._folder = folder / "media"
        self._address = (host, settings.port)
        self._every_s = settings.look_every_s
        self._publish = publish
        self._epoch = epoch
        self._clock_ms = clock_ms
        self._server: ShelfServer | None = None
        self._told: dict[str, bytes] = {}  # topic → what it shows, without the revision

    async def run(self) -> None:
        """For ever: look what is in the folder. What cannot be read is said, and tried again."""
        while True:
            try:
                await self.look()
            except OSError as fault:
                print(f"media: {fault}; see [media] in hub.toml, and who may read {self._folder}", flush=True)
            await asyncio.sleep(self._every_s)

    async def look(self) -> None:
        """Once. Raises OSError when a file cannot be read, or the port is taken."""
        if self._server is None and self._folder.is_dir():
            self._server = await ShelfServer(self.media.shelf).open(*self._address)
        if await asyncio.to_thread(self.media.look):
            self._tell()
            self.changed()

    async def close(self) -> None:
        if self._server is not None:
            await self._server.close()

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""
        self._plan = plan
        self._tell()

    def repeat(self) -> None:
        """The broker may have forgotten everything."""
        self._told.clear()
        self._tell()

    def photo(self, staff: str) -> tuple[str, str]:
        """(digest, url) of the picture of who wears this badge; empty when there is none."""
        digest = self.media.photos.get(staff, "")
        return (digest, self._url()) if digest and self._server is not None else ("", "")

    def _url(self) -> str:
        return self._server.url(self._address[0]) if self._server is not None else ""

    def _tell(self) -> None:
        for device in self._plan.devices:
            if ShowPlaylist.name not in KINDS[device.kind].accepts:
                continue
            show = ShowPlaylist(
                epoch=self._epoch, rev=self._clock_ms(), url=self._url(), items=self.media.items(device.id)
            )
            topic = topics.down(self._plan.id, device.id, show.name)
            plain = show.to_plain()
            rev = plain.pop("rev")
            said = dump(plain)
            if self._told.get(topic) != said:
                self._told[topic] = said
                self._publish(topic, dump({"rev": rev, **plain}), 1, True)
