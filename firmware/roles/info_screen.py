"""Info screen: the hub's playlist over and over: pictures, films, guides. Linux only: it keeps files."""

import asyncio

from firmware.clock import now_ms
from firmware.file_store import FileStore
from firmware.roles.together import together
from firmware.wire.messages.screen import ShowLight, ShowPlaylist

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

LOOK_S = 0.2  # how often it is looked whether a page has had its time
FILM_MS = 7200_000  # no film is longer


class InfoScreen:
    """Parts: ``screen``; ``sender``, where that is a LED wall. Pages: ``picture``, ``video``, ``guide``, ``empty``.

    What is kept is shown without the hub, too. A file that is not here yet, or cannot be played, is passed over.

    Settings: ``site_name``, for when there is nothing to show; ``ffmpeg``, another name of that program.
    """

    ACCEPTS = (ShowPlaylist, ShowLight)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._screen = self.found_by = parts["screen"]
        self._sender = parts.get("sender")
        self._site_name = settings.get("site_name", "")
        self._program = settings.get("ffmpeg", "")
        self._show: "ShowPlaylist | None" = None
        self._store: "FileStore | None" = None
        self._place = -1  # of the item that is on; -1: none
        self._began_ms = 0
        self._progress: "dict[str, Any]" = {}  # of a film
        self._news = asyncio.Event()

    async def run(self) -> None:
        """For ever."""
        if self._store is None:
            folder = getattr(self.outlet, "keep", ("data",))[0]
            self._store = FileStore(folder + "/shown", self._note)
            self._want()
        self._next()
        wall = () if self._sender is None else (self._sender.run(),)
        await together(self._store.run(), self._turn(), *wall)

    def _note(self, error: Exception) -> None:
        self.outlet.note("files", error)

    def shown(self, show: "Any", slot: "Any") -> None:
        """Another playlist: from its beginning. Or how bright the wall shines."""
        if isinstance(show, ShowLight):
            if self._sender is not None:
                self._sender.light(show.percent)
            return
        self._show = show
        self._place = -1
        self._want()
        self._next()

    def _want(self) -> None:
        if self._show is not None and self._store is not None:
            self._store.want(self._show.url, [item.file for item in self._show.items], self._came)

    def _came(self) -> None:
        """A file is here."""
        if self._place < 0:
            self._next()

    async def _turn(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            if self._is_over():
                self._next()

    def _is_over(self) -> bool:
        if self._show is None or self._place < 0 or len(self._show.items) == 0:
            return False
        item = self._show.items[self._place]
        stays_ms = item.seconds * 1000
        if item.kind == "video":
            if self._progress.get("fault"):
                self.fault = str(self._progress["fault"])[:64]
            if self._progress.get("over"):
                return True
            stays_ms = stays_ms or FILM_MS
        return now_ms() - self._began_ms >= stays_ms

    def _next(self) -> None:
        """The next item that can be shown."""
        items = self._show.items if self._show is not None else ()
        for step in range(1, len(items) + 1):
            place = (self._place + step) % len(items)
            content = self._content(items[place])
            if content is not None:
                self._place, self._began_ms = place, now_ms()
                content["place"], content["count"] = place, len(items)
                self._screen.display(items[place].kind, content)
                return
        self._place = -1
        self._screen.display("empty", {"site": self._site_name, "is_loading": len(items) > 0})

    def _content(self, item: "Any") -> "dict[str, Any] | None":
        """Of its page; None when its file is not here."""
        if item.kind == "guide":
            return {"title": item.title, "text": item.text}
        path = self._store.path(item.file) if self._store is not None else ""
        if not path:
            return None
        if item.kind == "picture":
            return {"path": path, "title": item.title}
        self._progress = {}
        return {"path": path, "progress": self._progress, "program": self._program}

    def connected(self, is_connected: bool) -> None:
        """What is here is shown either way."""

    def answered(self, request_name: str, answer: "Any") -> None:
        """Asks nothing."""

    def act(self, act: "Any") -> None:
        """No acts."""
