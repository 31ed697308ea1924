"""The pixels of a region on the wire: read back as they were drawn, here and by MicroPython's framebuf."""

import json
import os
import shutil
import subprocess
import sys
import zlib
from base64 import b64decode, b64encode
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from firmware.roles.region_pixels import unpack
from firmware.wire.fields import Malformed
from firmware.wire.messages.screen import ShowRegion
from hub.effects.strip_layout import Look, draw
from hub.effects.strip_pixels import MAX_TEXT, decode, encode, region_pixels

CALLED = Look(570, 128, "3", "出入境证件办理", "HA001", ("请到", "本窗口"))
READ_PIXELS = """
import binascii, deflate, framebuf, io, sys
width, height = int(sys.argv[1]), int(sys.argv[2])
rows = bytearray(deflate.DeflateIO(io.BytesIO(binascii.a2b_base64(sys.stdin.read())), deflate.ZLIB).read())
frame = framebuf.FrameBuffer(rows, width, height, framebuf.GS2_HMSB, (width + 3) // 4 * 4)
print([[frame.pixel(x, y) for x in range(0, width, 3)] for y in range(0, height, 5)])
"""
MICROPYTHON = shutil.which("micropython", path=str(Path(sys.executable).parent))


def _picture(width: int, height: int, values: bytes) -> Image.Image:
    return Image.frombytes("P", (width, height), values)


def test_four_pixels_make_a_byte_with_the_leftmost_lowest() -> None:
    picture = _picture(5, 2, bytes([1, 2, 3, 0, 1, 0, 0, 0, 3, 2]))
    assert zlib.decompress(b64decode(encode(picture))) == bytes([0b00_11_10_01, 0b01, 0b11_00_00_00, 0b10])


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(1, 12), st.randoms(use_true_random=False))
def test_whatever_is_drawn_is_read_back(width: int, height: int, chance: Random) -> None:
    values = bytes(chance.randrange(4) for _ in range(width * height))
    assert decode(encode(_picture(width, height, values)), width, height).tobytes() == values


def test_the_same_look_is_drawn_once() -> None:
    assert region_pixels(CALLED) is region_pixels(CALLED._replace())


def test_the_message_of_a_window_is_small_and_a_small_board_can_unpack_it() -> None:
    pixels = region_pixels(CALLED)
    assert len(pixels) < 4500
    window_bytes = 1 << ((b64decode(pixels)[0] >> 4) + 8)  # RFC 1950, 2.2: CINFO
    assert window_bytes <= 4096


def test_the_longest_publicity_strip_fits_the_message() -> None:
    text = "热烈欢迎各位市民朋友莅临斗门区市民服务中心，请先取号，有序等候，文明办事"
    pixels = region_pixels(Look(3200, 192, "", "", text))
    ShowRegion(epoch=1, rev=1, x=0, width=3200, height=192, palette=[1, 2, 3], pixels=pixels, text="").encode()


def test_a_region_that_does_not_fit_says_what_to_do() -> None:
    noise = Random(7).randbytes(300 * 300)
    with pytest.raises(ValueError, match=f"holds {MAX_TEXT}: split it"):
        encode(_picture(300, 300, bytes(value & 3 for value in noise)))


@pytest.mark.micropython
@pytest.mark.skipif(MICROPYTHON is None and "CI" not in os.environ, reason="no micropython for this machine")
def test_micropython_sees_the_same_pixels(tmp_path: Path) -> None:
    assert MICROPYTHON
    program = tmp_path / "read.py"
    program.write_text(READ_PIXELS)
    command = [MICROPYTHON, str(program), str(CALLED.width), str(CALLED.height)]
    said = subprocess.run(command, input=region_pixels(CALLED), capture_output=True, text=True, timeout=30, check=True)
    picture = draw(CALLED)
    expected = [[picture.getpixel((x, y)) for x in range(0, CALLED.width, 3)] for y in range(0, CALLED.height, 5)]
    assert json.loads(said.stdout) == expected


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=100, max_size=600), st.integers(0, 60), st.integers(1, 40), st.integers(1, 9))
def test_whatever_a_strip_is_sent_is_rows_or_malformed(noise: bytes, size: int, width: int, height: int) -> None:
    """700 pieces of each noise: as base64, as a zlib stream, as the rows of one."""
    expected = (width + 3) // 4 * height
    for at in range(700):
        piece = noise[at % len(noise) :][:size]
        sort = at % 3
        text = b64encode(zlib.compress(piece, 0) if sort == 2 else piece if sort else b"x\x9c" + piece).decode()
        if at % 7 == 0:
            text = piece.decode("latin-1")
        try:
            assert len(unpack(text, width, height)) == expected
        except Malformed:
            pass
