"""The pixels of a region as ShowRegion carries them: 2 bits a pixel, zlib, base64. Kept by content, as calls repeat.

On the way from a key to the strip, so it is measured (tests/bench): about a third of a millisecond for a new number.
"""

import zlib
from base64 import b64decode, b64encode
from functools import lru_cache

from PIL import Image

from hub.effects.strip_layout import Look, draw

# Measured on a region of 570×128 px: 4 kB of history unpacks in a small board's memory, and level 4 takes 0.12 ms for
# 2.4 kB, where level 1 takes 0.08 ms for 3.0 kB and level 9 1.5 ms for 2.1 kB. A smaller window is slower, not smaller.
WINDOW_BITS, LEVEL = 12, 4
MAX_TEXT = 16000  # of ShowRegion.pixels

# Pillow packs the leftmost of four pixels into the highest bits, GS2_HMSB into the lowest.
_MIRRORED = bytes((b & 3) << 6 | (b & 12) << 2 | (b & 48) >> 2 | b >> 6 for b in range(256))


@lru_cache(maxsize=2048)
def region_pixels(look: Look) -> str:
    """`ShowRegion.pixels` of ``look``."""
    return encode(draw(look))


def encode(picture: Image.Image) -> str:
    """A picture of mode "P" with values 0 to 3 as text. Raises `ValueError` when it does not fit the message."""
    rows = picture.tobytes("raw", "P;2").translate(_MIRRORED)
    text = b64encode(_squeeze(rows, LEVEL)).decode()
    if len(text) > MAX_TEXT:
        text = b64encode(_squeeze(rows, 9)).decode()
    if len(text) > MAX_TEXT:
        raise ValueError(
            f"a region of {picture.width}×{picture.height} px needs {len(text)} characters, the message holds"
            f" {MAX_TEXT}: split it into more regions in site.toml"
        )
    return text


def decode(pixels: str, width: int, height: int) -> Image.Image:
    """The way back: the picture of mode "P" from `ShowRegion.pixels`; for the console, the pictures and the tests."""
    rows = zlib.decompress(b64decode(pixels)).translate(_MIRRORED)
    return Image.frombytes("P", (width, height), rows, "raw", "P;2", 0, 1)


def _squeeze(rows: bytes, level: int) -> bytes:
    squeezer = zlib.compressobj(level, zlib.DEFLATED, WINDOW_BITS, 8)
    return squeezer.compress(rows) + squeezer.flush()
