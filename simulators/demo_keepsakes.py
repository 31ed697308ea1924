"""What a demo leaves to look at and to listen to: pictures of screens and strips, the sound of every amplifier."""

import asyncio
import shutil
import wave
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from firmware.words import words
from simulators.building import Building
from simulators.fittings import there
from simulators.floor_plan import DeviceSign
from simulators.furniture import CallTerminal
from simulators.spoken import Spoken

CLOSE_UP = "strip-close-up.png"
SOUNDS = "announcements.txt"
LED_PX = 3
GAP_PX = 12
MOODS = ("called", "serving", "idle")


@dataclass(frozen=True)
class Moment:
    """Three regions of one strip that show a call, a case being served and an idle window, as far as there were."""

    strip: str
    regions: tuple[int, ...]
    moods: int  # how many different ones


class Photographer:
    """``folder`` gets the pictures."""

    def __init__(self, building: Building, folder: Path) -> None:
        self._building = building
        self._folder = folder
        self._best = 0
        folder.mkdir(parents=True, exist_ok=True)

    async def all(self, occasion: str) -> None:
        """Everything that hangs in the halls, and the terminals of each hall's first window, in a folder of its own."""
        folder = self._folder / occasion
        await self._building.pictures(folder)
        for hall in self._building.halls:
            window = self._building.floor_plan.windows_in(hall)[0]
            for id in (window.call_terminal, window.evaluation_terminal):
                if id in self._building.devices:
                    screen = there(self._building.task_device(id).fittings.screen)
                    await asyncio.to_thread(screen.image().save, folder / f"{id}.png", compress_level=1)

    def watch(self) -> None:
        """Take the close-up now if no better moment was there before; cheap enough to be called again and again."""
        if self._best == len(MOODS):
            return
        moments = [_moment(self._building, sign) for sign in self._strips()]
        best = max(moments, key=lambda moment: moment.moods, default=None)
        if best is not None and best.moods > self._best:
            self._best = best.moods
            _close_up(self._building, best).save(self._folder / CLOSE_UP, optimize=True)

    def _strips(self) -> list[DeviceSign]:
        plan = self._building.floor_plan
        return [sign for hall in self._building.halls for sign in plan.devices_in(hall, "window_strip")]


def _moment(building: Building, sign: DeviceSign) -> Moment:
    """The first region of each mood on one strip; one that does not show yet what its terminal says is none."""
    found: dict[str, int] = {}
    hall = building.halls[sign.hall]
    for slot, id in enumerate(sign.regions):
        window = building.floor_plan.window.get(id)
        if window is not None and window.number in hall.windows:
            terminal = hall.windows[window.number].terminal
            if hall.sight.number_at(sign.id, slot) == terminal.number:
                found.setdefault(_mood(terminal), slot)
    regions = tuple(found[mood] for mood in MOODS if mood in found)
    return Moment(sign.id, regions, len(regions))


def _mood(terminal: CallTerminal) -> str:
    if terminal.state != "open":
        return terminal.state
    return terminal.ticket_state or "idle"


def _close_up(building: Building, moment: Moment) -> Image.Image:
    """The regions below one another, each LED a dot."""
    device = building.task_device(moment.strip)
    strip = there(device.fittings.strip)
    pieces = [strip.glow(*device.region(slot), LED_PX) for slot in moment.regions]
    width_px = min(piece.width for piece in pieces)  # regions differ by a few LEDs
    sheet = Image.new("RGB", (width_px, sum(piece.height + GAP_PX for piece in pieces) - GAP_PX), (24, 24, 28))
    top_px = 0
    for piece in pieces:
        sheet.paste(piece, (0, top_px))
        top_px += piece.height + GAP_PX
    return sheet.quantize(64, dither=Image.Dither.NONE)


def keep_sounds(spoken: Spoken, folder: Path, language: str) -> list[Path]:
    """The newest announcement of each amplifier, as it was heard: ``{amplifier}.wav``, and a list of the words, of the
    longest silence between two clips, and of what was cut off and when."""
    folder.mkdir(parents=True, exist_ok=True)
    kept, lines = [], []
    for amplifier in spoken.amplifiers:
        newest = spoken.newest(amplifier)
        if newest is not None:
            path = folder / f"{amplifier.id}.wav"
            shutil.copyfile(newest.path, path)
            kept.append(path)
            silence = words("demo.sound.silence", language, ms=newest.longest_silence_ms)
            lines.append(f"{path.name}\t{_seconds(path):.1f} s\t{spoken.words(amplifier)}\t{silence}")
        for said in amplifier.said:
            if said.cut_at_ms >= 0:
                cut = words("demo.sound.cut", language, ms=said.cut_at_ms, clip=said.cut_clip)
                lines.append(f"{amplifier.id}\t{cut}")
    (folder / SOUNDS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return kept


def _seconds(path: Path) -> float:
    with wave.open(str(path)) as sound:
        return float(sound.getnframes() / sound.getframerate())
