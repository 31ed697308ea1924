"""A clip bank for tests: every clip a short tone of its own, so that what was heard can be told apart."""

import hashlib
import math
from array import array
from pathlib import Path

import msgspec

from hub.speech import clip_bank, sound
from hub.speech.clip_bank import MANIFEST, Clip, all_clips


def tone_bank(folder: Path, length_ms: int = 40, long_ms: int = 0, long: str = "") -> Path:
    """The folder of the bank, in which the clip called ``long`` is another length."""
    clips = {}
    for number, (name, text) in enumerate(all_clips().items()):
        count = sound.RATE_HZ * (long_ms if name == long else length_ms) // 1000
        samples = array("h", [round(9000 * math.sin(at * (150 + number) / 2000)) for at in range(count)])
        path = clip_bank.wav(folder, name)
        sound.write_wav(path, sound.to_pcm(samples))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        clips[name] = Clip(digest, 1000 * count // sound.RATE_HZ, text, f"tone {number}")
    (folder / MANIFEST).write_bytes(msgspec.json.encode(clips))
    return folder
