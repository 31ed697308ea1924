"""Amplifier: announcements wait their turn and are played one at a time; the more urgent cuts off what plays."""

import asyncio

from drivers.faults import PartFault
from firmware.link.outbox import Full
from firmware.wire.messages.device import ActDone
from firmware.wire.messages.speech import MUSIC, Play, ShowClips, Withdraw

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

PAUSE = "common/pause"  # stands between the languages of an announcement
OWN = "said/"  # a person's own words, which are on their way here as a clip
LOOK_AGAIN_S = 1  # while something waits for a clip, or for the sound device to come back


class Amplifier:
    """Part: ``speaker``. Setting: ``queue_limit``, announcements that may wait, 16 when not given.

    Of those that wait the lower priority number goes first, then the older. What is cut off goes back to the head of
    its priority and is played again from its beginning. One that is too late when its turn comes is dropped, and the
    hub is told so. While nobody speaks there is music, if the hub says so; it goes on where it was cut off.

    One that the hub withdraws is dropped. If it is being said, the sentence is ended: half a call is worse than one
    too many, but it is not said in other languages any more.

    An announcement of which clips are missing is played in the languages of which all are there. One that has none
    waits while clips are being fetched.
    """

    ACCEPTS = (Play, Withdraw, ShowClips)

    def __init__(self, settings: "dict[str, Any]", parts: "dict[str, Any]") -> None:
        self.outlet: "Any" = None
        self.fault = ""
        self._settings = settings
        self._speaker = self.found_by = parts["speaker"]
        self._limit = settings.get("queue_limit", 16)
        self._waiting: "list[Play]" = []
        self._playing = MUSIC + 1  # priority of what plays now
        self._said: "tuple[str, list[str]]" = ("", [])  # id and clips of what is being said
        self._ends = ""  # what it will have been when it ends now: the hub withdrew it
        self._unsaid: "list[ActDone]" = []  # results that the outbox had no room for
        self._news = asyncio.Event()
        self._music: "Any" = None  # the newest ShowClips that has any
        self._bar = (0, 0)  # where the music goes on
        self._sync: "Any" = None  # `firmware.clip_sync.ClipSync`, loaded when the hub says which clips to have

    @property
    def step(self) -> "int | None":
        """How far it is with what it plays: what a watchdog looks at."""
        step: "int | None" = self._speaker.step
        return step

    async def run(self) -> None:
        """For ever: play what comes first."""
        watching = asyncio.create_task(self._speaker.watch()) if hasattr(self._speaker, "watch") else None
        try:
            while True:
                turn = await self._next()
                if turn is None:
                    await self._play_music()
                else:
                    await self._take_turn(turn[0], turn[1])
        finally:
            if watching:
                watching.cancel()

    async def _take_turn(self, play: "Play", clips: "list[str]") -> None:
        if self.outlet.clock_ms() >= play.expires_at_ms:
            return self._done(play, "expired")
        self._playing = play.priority
        self._said = (play.id, clips)
        self._ends = ""
        is_whole = True
        try:
            is_whole = await self._speaker.play(clips, play.volume)
        except PartFault as fault:
            self.fault = fault.reason[:64]
            if not self._is_deaf():
                return self._done(play, "failed")
            is_whole = False  # the sound device went: again when it is back, if that is in time
        finally:
            self._playing = MUSIC + 1
            self._said = ("", [])
        if is_whole:
            self.fault = ""
            self._done(play, self._ends or "done")
        elif self._ends:
            self._done(play, "withdrawn")
        else:
            self._put(play, is_older=True)

    async def _next(self) -> "tuple[Play, list[str]] | None":
        """The first in turn, with the clips to play; None for music. Waits for one, and for the hub's clock."""
        while True:
            self._news.clear()
            now = self.outlet.clock_ms()
            is_deaf = self._is_deaf()
            for play in self._waiting if now is not None else ():
                clips = self._playable(play.clips)
                if (clips and not is_deaf) or now >= play.expires_at_ms:
                    self._waiting.remove(play)
                    return play, clips
            if self._music and self._music.music and not self._waiting and not is_deaf:
                return None
            if self._waiting and now is not None:
                await self._nap()
            else:
                await self._news.wait()

    async def _nap(self) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), LOOK_AGAIN_S)
        except asyncio.TimeoutError:
            pass

    def _is_deaf(self) -> bool:
        """Whether the sound device is away, and comes back by itself."""
        health = getattr(self._speaker, "health", None)
        return bool(health and health.fault)

    def _playable(self, clips: "list[str]") -> "list[str]":
        """Those of the languages that are all there; all of them when none is and none is being fetched."""
        sync = self._sync
        is_own = [clip for clip in clips if clip.startswith(OWN)]
        is_busy = bool(is_own or (sync and sync.is_busy))
        if not is_busy and not (sync and sync.left_out):
            return clips
        found: "list[str]" = []
        part: "list[str]" = []
        clips = list(clips)
        clips.append(PAUSE)
        says = False  # more than a chime
        for clip in clips:
            if clip == PAUSE:
                if part and not [name for name in part if not self._speaker.has(name)]:
                    found += [PAUSE] * (says and self._speaker.has(PAUSE)) + part
                    says = True
                part = []
            elif not clip.startswith("common/"):
                part.append(clip)
            elif self._speaker.has(clip):
                found.append(clip)
        if says:
            return found
        return [] if is_busy else clips[:-1]

    def _cut_in(self) -> None:
        """If what plays is less urgent than something that waits and can be played, cut it off."""
        self._news.set()
        for play in self._waiting:
            if play.priority >= self._playing:
                return
            if self._playable(play.clips):
                self._speaker.stop()
                return

    async def _play_music(self) -> None:
        """Until something comes, or the tunes have been played once."""
        show = self._music
        tunes = [clip for clip in show.music if self._speaker.has(clip)]
        if not tunes:
            return await self._nap()
        self._playing = MUSIC
        try:
            if self._bar[0] >= len(tunes):
                self._bar = (0, 0)
            is_whole = await self._speaker.play(tunes, show.volume, self._bar)
            self._bar = (0, 0) if is_whole else self._speaker.stopped_at
        except PartFault as fault:
            self.fault = fault.reason[:64]
            await self._nap()
        finally:
            self._playing = MUSIC + 1

    def act(self, act: "Play") -> None:
        """Take an announcement into the queue; the last in turn makes room when it is full."""
        self._put(act)
        if len(self._waiting) > self._limit:
            self._done(self._waiting.pop(), "failed")
        self._cut_in()

    def withdrawn(self, act: str) -> None:
        """It is no longer true."""
        for play in self._waiting:
            if play.id == act:
                self._waiting.remove(play)
                self._done(play, "withdrawn")
                return
        playing, clips = self._said
        if playing == act and not self._ends:
            end = at = self._speaker.number + 1  # behind the chime, or nothing was heard yet
            if at and not clips[at - 1].startswith("common/"):
                while end < len(clips) and clips[end] != PAUSE:
                    end += 1
            self._speaker.end = end
            self._ends = "done" if [clip for clip in clips[:end] if not clip.startswith("common/")] else "withdrawn"

    def _put(self, play: "Play", is_older: bool = False) -> None:
        """Into its place in the queue; the older goes before its equals."""
        at = len(self._waiting)
        limit = play.priority - 1 if is_older else play.priority
        while at and self._waiting[at - 1].priority > limit:
            at -= 1
        self._waiting.insert(at, play)
        self._news.set()

    def _done(self, play: "Play", result: str) -> None:
        self._unsaid.append(ActDone(act=play.id, result=result))
        self._tell()

    def _tell(self) -> None:
        while self._unsaid:
            try:
                self.outlet.ask(self._unsaid[0])
            except Full:
                # The hub asks again for what it was not told of; the agent remembers what was done.
                self._unsaid = self._unsaid[-self._limit :]
                return
            self._unsaid.pop(0)

    def connected(self, is_connected: bool) -> None:
        """With the link comes the clock."""
        if is_connected:
            self._news.set()

    def answered(self, request_name: str, answer: "Any") -> None:
        """A result is in the journal; there may be room for the next."""
        self._tell()

    def shown(self, show: "Any", slot: "Any") -> None:
        """Which clips to have, and what music to play."""
        if self._music and self._music.music != show.music:
            self._bar = (0, 0)
        self._music = show
        if self._playing == MUSIC:
            self._speaker.stop()
        if show.manifest:
            if not self._sync:
                from firmware.clip_sync import ClipSync  # not in memory where the hub keeps no clips

                self._sync = ClipSync(self._speaker, self._settings, self.outlet, self._cut_in)
            self._sync.take(show.url, show.manifest)
        self._news.set()
