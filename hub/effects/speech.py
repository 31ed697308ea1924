"""Speech: gives amplifiers what they have to play, takes it back when it is no longer true, and says both again until
they answer.

The queue is each amplifier's own: it plays one at a time, by priority and age, and never cuts off an earlier call.
What is still to be played or taken back is in the state (`Site.announcements`), so nothing has to be remembered here.
"""

from collections.abc import Callable

from firmware.wire import topics
from firmware.wire.messages.base import Act
from firmware.wire.messages.speech import Play as PlayMessage
from firmware.wire.messages.speech import Withdraw as WithdrawMessage
from hub.effects.screens import Publish
from hub.effects.volume import volume_of
from hub.engine.effects import Effect, Play, Withdraw
from hub.engine.plan import Channel, Plan
from hub.engine.state import Announcement, Site
from hub.pipeline import Performer
from hub.service import Service
from hub.speech.phrase import clips


class Speech(Performer, Service):
    """``clock_ms`` is the hub's unix time: what has expired is not said again."""

    def __init__(self, plan: Plan, site: Site, publish: Publish, clock_ms: Callable[[], int]) -> None:
        self._plan = plan
        self._site = site
        self._publish = publish
        self._clock_ms = clock_ms
        self._prepared: list[tuple[str, bytes]] = []

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""
        self._plan = plan

    def prepare(self, effects: list[Effect]) -> None:
        for effect in effects:
            item = self._site.announcements.get(effect.act) if isinstance(effect, (Play, Withdraw)) else None
            if item is not None and bool(item.withdrawn) is isinstance(effect, Withdraw):
                self._prepare(item)

    def tell(self) -> None:
        prepared, self._prepared = self._prepared, []
        for topic, payload in prepared:
            self._publish(topic, payload, 1, False)

    def repeat(self, amplifier: str = "") -> None:
        """All that is still to be played or taken back, on one amplifier that came back, or on all."""
        for announcement in self._site.announcements.values():
            channel = self._plan.channel.get(announcement.channel)
            if not amplifier or (channel is not None and channel.amplifier == amplifier):
                self._prepare(announcement)

    def _prepare(self, announcement: Announcement) -> None:
        channel = self._plan.channel.get(announcement.channel)
        if channel is None or announcement.expires_at_ms <= self._clock_ms():  # none: the site file lost it since
            return
        message = self._withdraw(announcement) if announcement.withdrawn else self._play(announcement, channel)
        self._prepared.append((topics.down(self._plan.id, channel.amplifier, message.name), message.encode()))

    def _withdraw(self, announcement: Announcement) -> Act:
        return WithdrawMessage(id=announcement.id, expires_at_ms=announcement.expires_at_ms)

    def _play(self, announcement: Announcement, channel: Channel) -> Act:
        names, text = clips(self._plan, announcement)
        return PlayMessage(
            id=announcement.id,
            expires_at_ms=announcement.expires_at_ms,
            priority=announcement.priority,
            clips=names,
            text=text,
            volume=volume_of(self._plan, channel, announcement.priority, self._clock_ms()),
        )
