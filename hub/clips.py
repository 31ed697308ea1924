"""The clips of a running hub: kept in its library, served to amplifiers, and said to them which; new texts spoken."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from hub.config import SpeechSettings
from hub.effects.clips import Clips
from hub.effects.screens import Publish
from hub.engine.plan import Plan
from hub.service import Service
from hub.speech.clip_bank import all_clips
from hub.speech.library import Library
from hub.update.server import ShelfServer


class ClipService(Service):
    """``host`` is where devices reach this machine. Without a clip bank it does nothing, and says so when asked."""

    def __init__(
        self,
        plan: Plan,
        folder: Path,
        settings: SpeechSettings,
        host: str,
        publish: Publish,
        epoch: int,
        clock_ms: Callable[[], int],
    ) -> None:
        bank = Path(settings.clips) if settings.clips else folder / "bank"
        self.library = Library(folder / "clips", bank)
        self._offers = Clips(plan, self.library, publish, epoch, clock_ms)
        self._plan = plan
        self._address = (host, settings.port)
        self._server: ShelfServer | None = None

    async def open(self) -> None:
        """Serve the bank, if there is one. Raises OSError when the port is taken."""
        if await asyncio.to_thread(self.library.refresh):
            self._server = await ShelfServer(self.library.shelf).open(*self._address)
            self._offers.url = self._server.url(self._address[0])
            self._offers.tick()
            missing = all_clips(self._plan.settings).keys() - self.library.names
            if missing:
                print(
                    f"speech: the clip bank lacks {len(missing)} clips, {min(missing)} first, so some calls stay "
                    "silent; run python -m hub.speech.clip_bank FOLDER --site SITE",
                    flush=True,
                )

    def take_plan(self, plan: Plan) -> None:
        self._offers.take_plan(plan)

    def repeat(self) -> None:
        self._offers.repeat()

    def tick(self) -> None:
        self._offers.tick()

    async def close(self) -> None:
        if self._server is not None:
            await self._server.close()

    async def say(self, text: str, language: str) -> str:
        """The clip that says ``text``; amplifiers are told of it when this returns. Raises `LibraryFault`."""
        clip = await self.library.say(text, language)
        self._offers.tick()
        return clip
