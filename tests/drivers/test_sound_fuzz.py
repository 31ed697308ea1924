"""What sound is read from, spoilt in a hundred thousand ways: a WAV file, the list of clips, a recording."""

import random
import struct
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.wav import NotAClip, header, seek_samples
from firmware.clip_sync import Damaged, read_entry
from hub.speech import sound

WAV = header(8) + bytes(8)
LISTED = WAV[:36] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + WAV[36:]
ENTRY = b"0" * 64 + b" 1234 cmn/qing\n"
AN_EXAMPLE = 500  # inputs, times 200 examples


def spoilt(dice: random.Random, whole: bytes) -> bytes:
    """One to four bytes changed, or cut off, or something put in between."""
    data = bytearray(whole)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data) + 1)
        how = dice.randrange(4)
        if how == 0:
            del data[at:]
        elif how == 1:
            data[at:at] = dice.randbytes(dice.randint(1, 6))
        elif data:
            data[at % len(data)] = dice.choice((0, 1, 10, 32, 127, 255, dice.randrange(256)))
    return bytes(data)


@settings(max_examples=200, deadline=None)
@given(st.integers())
def test_any_bytes_are_a_clip_or_none(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(AN_EXAMPLE):
        try:
            length = seek_samples(BytesIO(spoilt(dice, dice.choice((WAV, LISTED)))))
        except NotAClip:
            continue
        assert length % 2 == 0


@settings(max_examples=200, deadline=None)
@given(st.integers())
def test_any_bytes_are_a_line_of_the_list_or_damage(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(AN_EXAMPLE):
        try:
            entry = read_entry(BytesIO(spoilt(dice, ENTRY)))
        except Damaged:
            continue
        assert entry is None or (len(entry[0]) == 64 and entry[1] >= 0 and "." not in entry[2])


@settings(max_examples=20, deadline=None)
@given(st.integers())
def test_any_recording_is_read_or_said_to_be_none(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        with NamedTemporaryFile(suffix=".wav") as file:
            file.write(spoilt(dice, WAV))
            file.flush()
            try:
                samples, rate_hz = sound.read_wav(Path(file.name))
            except ValueError:
                continue
        assert rate_hz >= 1000
        assert all(-1 <= sample < 1 for sample in samples)
