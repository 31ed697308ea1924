"""What an ear says of one announcement: its clips, what was cut off and when, and the silence between two clips."""

import math
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

QUIET_DB = -45.0  # of full scale: 25 dB below the clips, which in a hall is silence
WORDLESS = "common/"  # the folder of chime and pause
PAUSE = "common/pause"  # a clip that is meant to be silent


@dataclass(frozen=True)
class Heard:
    """``clips``: those that began, ``begins_ms`` where each did in the WAV at ``path``. ``cut_at_ms``: -1 when it was
    heard to its end. ``late``: (at_ms, length_ms) of silences because samples came too late.
    """

    path: Path
    clips: tuple[str, ...]
    begins_ms: tuple[int, ...]
    cut_at_ms: int
    late: tuple[tuple[int, int], ...]
    silences: tuple[tuple[str, str, int], ...]  # (clip, the next, ms between their sounds), but for pauses

    @property
    def cut_clip(self) -> str:
        """The one during which it was cut off; empty when it was not."""
        return self.clips[-1] if self.cut_at_ms >= 0 and self.clips else ""

    @property
    def has_words(self) -> bool:
        """More than a chime."""
        return any(not clip.startswith(WORDLESS) for clip in self.clips)

    @property
    def longest_silence_ms(self) -> int:
        """Between two clips that are meant to follow at once."""
        return max((length_ms for _, _, length_ms in self.silences), default=0)


def listen(facts: dict[str, Any]) -> Heard:
    """From what a simulated amplifier says when an announcement has ended, and its WAV, which is read now."""
    path = Path(str(facts["heard"]))
    clips = tuple(str(clip) for clip in facts.get("began", ()))
    begins_ms = tuple(int(at_ms) for at_ms in facts.get("begins_ms", ()))
    return Heard(
        path=path,
        clips=clips,
        begins_ms=begins_ms,
        cut_at_ms=int(facts.get("cut_at_ms", -1)),
        late=tuple((int(at_ms), int(length_ms)) for at_ms, length_ms in facts.get("gaps", ())),
        silences=tuple(_silences(path, clips, begins_ms)),
    )


def _silences(path: Path, clips: tuple[str, ...], begins_ms: tuple[int, ...]) -> Iterator[tuple[str, str, int]]:
    with wave.open(str(path)) as file:
        frame = 2 * file.getframerate() // 1000  # bytes of a millisecond
        pcm = file.readframes(file.getnframes())
    for (before, after), seam_ms in zip(pairwise(clips), begins_ms[1:], strict=False):
        if PAUSE not in (before, after):
            yield before, after, _quiet_around(pcm, frame, seam_ms)


def _quiet_around(pcm: bytes, frame: int, seam_ms: int) -> int:
    """How many milliseconds before and behind the seam no sound is heard."""
    begin = end = seam_ms
    while begin > 0 and _is_quiet(pcm[(begin - 1) * frame : begin * frame]):
        begin -= 1
    while end * frame < len(pcm) and _is_quiet(pcm[end * frame : (end + 1) * frame]):
        end += 1
    return end - begin


def _is_quiet(piece: bytes) -> bool:
    samples = struct.unpack(f"<{len(piece) // 2}h", piece[: len(piece) // 2 * 2])
    if not samples:
        return True
    level = math.sqrt(sum(sample * sample for sample in samples) / len(samples)) / 32768
    return level < 10 ** (QUIET_DB / 20)
