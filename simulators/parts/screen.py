"""A screen as an eye sees it, and a finger on its glass."""

import asyncio
import io
import time
from collections.abc import Callable
from typing import Any

from PIL import Image

from drivers.handover import Handover
from simulators.pace import Change


class SimulatedScreen:
    """Draws nothing until somebody looks: hundreds of them cost next to nothing."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self.width_px = width_px
        self.height_px = height_px
        self.changed = Change()
        self.since_s = 0.0  # when this page came, on the monotonic clock
        self.on_seen: Callable[[str, dict[str, Any]], None] = lambda page, content: None  # for who watches all the time
        self._frame: Any = None

    @property
    def page(self) -> str:
        """The name of the page that is on; empty while dark."""
        return "" if self._frame is None else str(self._frame.name)

    @property
    def content(self) -> dict[str, Any]:
        """What the page says."""
        return {} if self._frame is None else dict(self._frame.content)

    def image(self) -> Image.Image:
        """What is to be seen now."""
        if self._frame is None:
            return Image.new("RGB", (self.width_px, self.height_px))
        picture: Image.Image = self._frame.image()
        return picture

    def picture(self) -> bytes:
        """The same as PNG."""
        png = io.BytesIO()
        self.image().save(png, "PNG")
        return png.getvalue()

    def buttons(self) -> dict[str, tuple[int, int, int, int]]:
        """What can be touched: name → left, top, right, bottom in pixels."""
        return {} if self._frame is None else dict(self._frame.buttons())

    # what the driver sees: drivers.ports.ScreenPort

    def invalidate(self, frame: Any) -> None:
        """There is something new to see."""
        if self._frame is None or _buttons_of(frame) != _buttons_of(self._frame):
            self.since_s = time.monotonic()
        self._frame = frame
        self.on_seen(self.page, self.content)
        self.changed.notify()


def _buttons_of(frame: Any) -> tuple[Any, ...]:
    """What tells two pages apart whose buttons lie elsewhere."""
    return frame.name, frame.content.get("kind"), frame.content.get("group")


class SimulatedGlass:
    """The touch panel of a screen. Its verbs see only the buttons that the page shows.

    ``reaction_s``: so long after a page came a finger is on its way.
    """

    def __init__(self, screen: SimulatedScreen, reaction_s: float = 0.0) -> None:
        self._screen = screen
        self._reaction_s = reaction_s
        self._taps = Handover(32)
        self._hands: set[asyncio.Task[None]] = set()

    def touch(self, x_px: int, y_px: int) -> None:
        """A finger at this place."""
        self._taps.give((x_px, y_px))

    async def push(self, button: str, patience_s: float = 5.0) -> None:
        """Touch the middle of a button as soon as it is shown. Raises LookupError, naming the buttons, if it is not."""
        if not await self._screen.changed.until(lambda: button in self._screen.buttons(), patience_s):
            shown = ", ".join(self._screen.buttons()) or "none"
            raise LookupError(f"no button {button} on page {self._screen.page!r}; it shows {shown}")
        while (rest_s := self._screen.since_s + self._reaction_s - time.monotonic()) > 0:
            await asyncio.sleep(rest_s)
        if button not in self._screen.buttons():
            raise LookupError(f"button {button} went from page {self._screen.page!r} under the finger")
        left, top, right, bottom = self._screen.buttons()[button]
        self.touch((left + right) // 2, (top + bottom) // 2)

    def choose(self, service: str, language: str = "zh", priority: str = "none") -> "asyncio.Task[None]":
        """What a visitor does for a ticket, one touch after another. Await the task to learn whether it went well."""
        return self._do(self._choose(service, language, priority))

    def ask_reprint(self, number: str) -> "asyncio.Task[None]":
        """What a visitor does who lost the ticket with this number."""
        return self._do(self._ask_reprint(number))

    async def _choose(self, service: str, language: str, priority: str) -> None:
        await self._to_choose_page()
        if language != "zh":
            await self._push_until("language:" + language, lambda: self._screen.content.get("language") == language)
        if priority == "other":
            await self._push_until("priority:other", lambda: self._screen.page == "reasons")
            await self._push_until("reason:ill", lambda: self._screen.page == "choose")
        elif priority != "none":
            await self._push_until("priority:" + priority, lambda: self._screen.content.get("priority") == priority)
        groups = [button for button in self._screen.buttons() if button.startswith("group:")]
        if groups:
            group = self._group_of(service)
            await self._push_until(group, lambda: self._screen.content.get("group") == int(group[6:]))
        while "service:" + service not in self._screen.buttons():
            leaf = self._screen.content.get("leaf", 0)
            await self._push_until("leaf:next", lambda before=leaf: self._screen.content.get("leaf", 0) != before)
            if not self._screen.content.get("leaf", 0):
                break  # seen all leaves
        await self.push("service:" + service, 0.1)

    def _group_of(self, service: str) -> str:
        """The button of the hall in which a service is; a visitor knows."""
        offers = self._screen.content["show"].offers
        return f"group:{next((offer.group for offer in offers if offer.service == service), 0)}"

    async def _ask_reprint(self, number: str) -> None:
        await self._to_choose_page()
        await self._push_until("reprint", lambda: self._screen.page == "type")
        for at, letter in enumerate(number):
            await self._push_until(
                "key:" + letter, lambda typed=number[: at + 1]: self._screen.content["typed"] == typed
            )
        await self.push("key:ok")

    async def _to_choose_page(self) -> None:
        if "dismiss" in self._screen.buttons():
            await self._push_until("dismiss", lambda: self._screen.page == "choose")

    async def _push_until(self, button: str, is_so: Any) -> None:
        await self.push(button)
        if not await self._screen.changed.until(is_so, 5.0):
            raise LookupError(f"button {button} on page {self._screen.page!r} did nothing")

    def _do(self, doing: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(doing)
        self._hands.add(task)
        task.add_done_callback(self._hands.discard)
        return task

    # what the driver sees: drivers.ports.TouchPort

    async def tap(self) -> tuple[int, int]:
        """The next touch."""
        place: tuple[int, int] = await self._taps.take()
        return place
