"""The simulated ear: what it says of silence between clips, of a cut and of late samples is what the WAV holds."""

import math
import struct
import wave
from pathlib import Path

import pytest

from simulators.heard import listen

RATE_HZ = 16000


def tone(length_ms: int, level: float = 0.3) -> list[int]:
    return [round(32767 * level * math.sin(math.tau * 440 * at / RATE_HZ)) for at in range(length_ms * RATE_HZ // 1000)]


def silence(length_ms: int) -> list[int]:
    return [0] * (length_ms * RATE_HZ // 1000)


def heard(path: Path, samples: list[int], **facts: object) -> dict[str, object]:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return {"heard": str(path), **facts}


@pytest.mark.parametrize(("before_ms", "behind_ms"), [(0, 0), (40, 0), (0, 40), (12, 5), (100, 200)])
def test_silence_on_both_sides_of_a_seam_is_measured(tmp_path: Path, before_ms: int, behind_ms: int) -> None:
    samples = [*tone(200), *silence(before_ms), *silence(behind_ms), *tone(200)]
    said = listen(heard(tmp_path / "a.wav", samples, began=["cmn/a", "cmn/b"], begins_ms=[0, 200 + before_ms]))
    ((before, after, between_ms),) = said.silences
    assert (before, after) == ("cmn/a", "cmn/b")
    assert between_ms == pytest.approx(before_ms + behind_ms, abs=1)
    assert said.longest_silence_ms == between_ms


def test_a_soft_sound_is_no_silence(tmp_path: Path) -> None:
    samples = [*tone(100), *tone(50, 0.02), *tone(100)]
    said = listen(heard(tmp_path / "a.wav", samples, began=["cmn/a", "cmn/b"], begins_ms=[0, 120]))
    assert said.longest_silence_ms <= 1


def test_the_pause_between_two_languages_is_meant(tmp_path: Path) -> None:
    samples = [*tone(100), *silence(350), *tone(100)]
    began = ["cmn/a", "common/pause", "en/a"]
    said = listen(heard(tmp_path / "a.wav", samples, began=began, begins_ms=[0, 100, 450]))
    assert said.silences == ()


def test_what_was_cut_and_when_and_what_came_late(tmp_path: Path) -> None:
    facts = {"began": ["common/chime", "cmn/a"], "begins_ms": [0, 100], "cut_at_ms": 250, "gaps": [[120, 30]]}
    said = listen(heard(tmp_path / "a.wav", tone(250), **facts))
    assert (said.cut_at_ms, said.cut_clip, said.late) == (250, "cmn/a", ((120, 30),))
    whole = listen(heard(tmp_path / "a.wav", tone(250), **{**facts, "cut_at_ms": -1}))
    assert whole.cut_clip == ""
    assert whole.has_words
    assert not listen(heard(tmp_path / "a.wav", tone(100), began=["common/chime"], begins_ms=[0])).has_words
