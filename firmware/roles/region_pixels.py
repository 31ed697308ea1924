"""The pixels of a ShowRegion: base64 and zlib taken off, the size checked against what was announced."""

import binascii
import io

from firmware.wire.fields import Malformed

try:
    import deflate  # type: ignore[import-not-found]

    def _inflate(packed: bytes, limit: int) -> bytes:
        stream = deflate.DeflateIO(io.BytesIO(packed), deflate.ZLIB)
        try:
            return bytes(stream.read(limit))
        except (OSError, EOFError, ValueError):
            raise Malformed("pixels", "not a zlib stream")

except ImportError:  # CPython
    import zlib

    def _inflate(packed: bytes, limit: int) -> bytes:
        try:
            return zlib.decompressobj().decompress(packed, limit)
        except zlib.error:
            raise Malformed("pixels", "not a zlib stream")


def unpack(pixels: str, width: int, height: int) -> bytes:
    """Rows of 2-bit pixels, ``(width + 3) // 4`` bytes each. Raises Malformed unless there are exactly ``height`` rows.

    Never takes more memory than the announced size, whatever the stream claims to hold.
    """
    expected = (width + 3) // 4 * height
    try:
        packed = binascii.a2b_base64(pixels)
    except ValueError:
        raise Malformed("pixels", "not base64")
    rows = _inflate(packed, expected + 1)
    if len(rows) != expected:
        raise Malformed("pixels", "%d bytes expected for %d x %d pixels" % (expected, width, height))
    return rows
