"""What the amplifiers of a building said: how often, and the newest words of each, read off the clips that played."""

import json
from pathlib import Path

from simulators.board_process import BoardProcess
from simulators.building import Building

WORDLESS = "common/"  # the folder of chime and pause


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
        """Announcements that were heard to the end."""
        return sum(len(amplifier.heard) for amplifier in self.amplifiers)

    def in_hall(self, hall: str) -> str:
        """The newest words that were heard there; empty when nothing was said."""
        return next((self.words(a) for a in self.amplifiers if a.id == self._heard_in.get(hall)), "")

    def words(self, amplifier: BoardProcess) -> str:
        """The newest announcement in the language that it began with."""
        spoken = [clip for clip in amplifier.heard_clips if not clip.startswith(WORDLESS)]
        language = spoken[0].partition("/")[0] if spoken else ""
        texts = [self._texts.get(clip, "") for clip in spoken if clip.startswith(language + "/")]
        return (" " if language == "en" else "").join(texts)
