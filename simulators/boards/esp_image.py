"""ESP program images: making a small one, and saying whether one is whole.

Format: "Firmware Image Format" in the documentation of esptool; partition table: ESP-IDF Programming Guide.
"""

import hashlib
import struct
from collections.abc import Callable

MAGIC = 0xE9
HEADER_BYTES = 24
CHECKSUM_SEED = 0xEF
MOST_SEGMENTS = 16
PARTITIONS_AT = 0x8000
PARTITION_BYTES = 32
MOST_PARTITIONS = 95
PARTITION_MAGIC = b"\xaa\x50"
LOAD_ADDRESS = 0x3FFF0000  # data memory, on every chip with this format
CHIP_IDS = {"esp32": 0, "esp32s3": 9}

Read = Callable[[int, int], bytes]  # address, bytes


def make(chip: str, payload: bytes) -> bytes:
    """An image with one segment that holds ``payload`` (whole words). KeyError for an unknown chip."""
    payload += bytes(-len(payload) % 4)
    header = struct.pack("<BBBBIB3xHBHH4xB", MAGIC, 1, 2, 0x20, LOAD_ADDRESS, 0xEE, CHIP_IDS[chip], 0, 0, 0xFFFF, 1)
    body = header + struct.pack("<II", LOAD_ADDRESS, len(payload)) + payload
    body += bytes(15 - len(body) % 16) + bytes((checksum(payload),))
    return body + hashlib.sha256(body).digest()


def is_bootable(read: Read, boot_offset: int) -> bool:
    """Whether the image at the ROM's place is whole, and so is the program that a partition table names, if any."""
    if not is_whole(read, boot_offset):
        return False
    for index in range(MOST_PARTITIONS):
        row = read(PARTITIONS_AT + index * PARTITION_BYTES, 12)
        if row[:2] != PARTITION_MAGIC:
            break
        if row[2] == 0:  # the first program
            return is_whole(read, int.from_bytes(row[4:8], "little"))
    return True


def is_whole(read: Read, offset: int) -> bool:
    """Whether magic, segments, checksum and, where the image has one, SHA-256 fit together."""
    header = read(offset, HEADER_BYTES)
    if header[0] != MAGIC or not 0 < header[1] <= MOST_SEGMENTS:
        return False
    end, seen = offset + HEADER_BYTES, CHECKSUM_SEED
    for _ in range(header[1]):
        size = int.from_bytes(read(end + 4, 4), "little")
        if size % 4 or size > 1 << 24:
            return False
        seen = checksum(read(end + 8, size), seen)
        end += 8 + size
    end += 15 - (end - offset) % 16
    if read(end, 1) != bytes((seen,)):
        return False
    whole = read(offset, end + 1 - offset)
    return not header[23] or read(end + 1, 32) == hashlib.sha256(whole).digest()


def checksum(data: bytes, seed: int = CHECKSUM_SEED) -> int:
    """All bytes and the seed, exclusive-ored."""
    half = 1 << max(0, len(data) - 1).bit_length()
    folded = int.from_bytes(data, "big")
    while half > 1:  # halves fold faster than single bytes
        half //= 2
        folded = folded >> 8 * half ^ folded & (1 << 8 * half) - 1
    return folded ^ seed
