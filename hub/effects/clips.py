"""Clips: tells amplifiers which clips to have, and which music to play, retained; again when it changed."""

from collections.abc import Callable

from firmware.wire import topics
from firmware.wire.fields import dump
from firmware.wire.messages.speech import ShowClips
from hub.effects.screens import Publish
from hub.effects.volume import volume
from hub.engine.plan import Channel, Plan
from hub.speech.library import Library


class Clips:
    """``url``: where the library is served, empty as long as it is not; set it before `repeat`."""

    def __init__(self, plan: Plan, library: Library, publish: Publish, epoch: int, clock_ms: Callable[[], int]) -> None:
        self.url = ""
        self._plan = plan
        self._library = library
        self._publish = publish
        self._epoch = epoch
        self._clock_ms = clock_ms
        self._told: dict[str, bytes] = {}  # topic → what it shows, without the revision

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""
        self._plan = plan
        self.tick()

    def repeat(self) -> None:
        """The broker may have forgotten everything."""
        self._told.clear()
        self.tick()

    def tick(self) -> None:
        """Tell those for whom something changed: the clips, the hour of the music, its volume."""
        if not self.url or not self._library.manifest:
            return
        now = self._clock_ms()
        for channel in self._plan.channels:
            show = self._show(channel, now)
            topic = topics.down(self._plan.id, channel.amplifier, show.name)
            plain = show.to_plain()
            rev = plain.pop("rev")
            said = dump(plain)
            if self._told.get(topic) != said:
                self._told[topic] = said
                self._publish(topic, dump({"rev": rev, **plain}), 1, True)

    def _show(self, channel: Channel, now_ms: int) -> ShowClips:
        loud = volume(self._plan, channel, now_ms)
        music = [f"music/{tune}" for tune in channel.music if f"music/{tune}" in self._library.names]
        return ShowClips(
            epoch=self._epoch,
            rev=now_ms,
            url=self.url,
            manifest=self._library.manifest,
            music=music if loud else [],
            volume=loud,
        )
