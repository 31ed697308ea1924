"""What the amplifiers of a building said: how often, and the newest words of each, read off the clips that played."""

import json
from pathlib import Path

from simulators.board_process import BoardProcess
from simulators.building import Building
from simulators.heard import WORDLESS, Heard


class Spoken:
    """``clips``: the folder of the clip bank, whose manifest says what each clip says."""

    def __init__(self, building: Building, clips: Path) -> None:
        manifest = json.loads((clips / "manifest.json").read_text(encoding="utf-8"))
        self.amplifiers: list[BoardProcess] = [
            device
            for device in building.devices.values()
            if isinstance(device, BoardProcess) and device.kind == "amplifier"
        ]
        self._texts = {name: str(clip["text"]) for name, clip in manifest.items()}
        self._heard_in = {hall: channel.amplifier for channel in building.floor_plan.channels for hall in channel.halls}

    @property
    def count(self) -> int:
        """Announcements that were heard to the end; a chime alone is none."""
        return sum(_is_whole(said) for amplifier in self.amplifiers for said in amplifier.said)

    def in_hall(self, hall: str) -> str:
        """The newest words that were heard there; empty when nothing was said."""
        return next((self.words(a) for a in self.amplifiers if a.id == self._heard_in.get(hall)), "")

    def newest(self, amplifier: BoardProcess) -> Heard | None:
        """What was heard there last to its end."""
        return next((said for said in reversed(amplifier.said) if _is_whole(said)), None)

    def words(self, amplifier: BoardProcess) -> str:
        """The newest announcement in the language that it began with."""
        newest = self.newest(amplifier)
        spoken = [clip for clip in newest.clips if not clip.startswith(WORDLESS)] if newest else []
        language = spoken[0].partition("/")[0] if spoken else ""
        texts = [self._texts.get(clip, "") for clip in spoken if clip.startswith(language + "/")]
        return (" " if language == "en" else "").join(texts)


def _is_whole(said: Heard) -> bool:
    return said.cut_at_ms < 0 and said.has_words
