"""The WAV container (RIFF, Microsoft/IBM 1991), as far as speech clips need it: 16 kHz, mono, 16-bit PCM."""

import struct

try:
    from typing import Any
except ImportError:  # MicroPython
    pass

RATE_HZ = 16000
BYTES_PER_MS = RATE_HZ * 2 // 1000
HEADER_BYTES = 44


class NotAClip(ValueError):
    """The file is no WAV, or not of the one format that amplifiers play."""


def seek_samples(file: "Any") -> int:
    """Move an open WAV file to its first sample; returns the length of the samples in bytes. Raises NotAClip."""
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise NotAClip("not a WAV file")
    is_right_format = False
    while True:
        chunk = file.read(8)
        if len(chunk) < 8:
            raise NotAClip("WAV file without samples")
        length = struct.unpack("<I", chunk[4:])[0]
        if chunk[:4] == b"fmt ":
            body = file.read(16)
            # format 1 is PCM; then channels, rate, bytes a second, block size, bits
            if length < 16 or len(body) < 16 or struct.unpack("<HHIIHH", body) != (1, 1, RATE_HZ, RATE_HZ * 2, 2, 16):
                raise NotAClip("16 kHz, mono, 16-bit PCM expected")
            is_right_format = True
            file.seek(length - 16 + length % 2, 1)
        elif chunk[:4] == b"data":
            if not is_right_format:
                raise NotAClip("samples before their format")
            return int(length - length % 2)
        else:
            file.seek(length + length % 2, 1)


def header(sample_bytes: int) -> bytes:
    """The 44 bytes before ``sample_bytes`` bytes of samples."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + sample_bytes, b"WAVE",
        b"fmt ", 16, 1, 1, RATE_HZ, RATE_HZ * 2, 2, 16,
        b"data", sample_bytes,
    )  # fmt: skip
