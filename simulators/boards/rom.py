"""The boot ROM of an ESP32 or ESP32-S3 in download mode, and esptool's stub once that has been sent to it.

The stub's code is taken and not run: from then on the answers are the stub's, which erases and reads in larger pieces.

Protocol: "Serial Protocol" in the documentation of esptool; registers: technical reference manuals of the two chips.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulators.boards import esp_image
from simulators.boards.flash_image import FlashImage
from simulators.boards.slip import Packets, packet

SYNC, FLASH_BEGIN, FLASH_DATA, FLASH_END = 0x08, 0x02, 0x03, 0x04
DEFLATED_BEGIN, DEFLATED_DATA, DEFLATED_END = 0x10, 0x11, 0x12
WRITE_REGISTER, READ_REGISTER = 0x09, 0x0A
SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE = 0x0B, 0x0D, 0x0F
READ_FLASH, FLASH_MD5, SECURITY_INFO = 0x0E, 0x13, 0x14
MEMORY_BEGIN, MEMORY_END, MEMORY_DATA = 0x05, 0x06, 0x07
STUB_ERASE_CHIP, STUB_ERASE_REGION, STUB_READ_FLASH = 0xD0, 0xD1, 0xD2

STUB_HELLO = b"OHAI"

ACCEPTED = (
    *(FLASH_END, DEFLATED_END, SPI_SET_PARAMS, SPI_ATTACH, CHANGE_BAUDRATE),
    *(MEMORY_BEGIN, MEMORY_DATA, MEMORY_END),
)
SYNC_ANSWERS = 8
SYNC_VALUE = 0x20120707  # not 0: that would be the stub
READ_BYTES = 64
INVALID_MESSAGE, FAILED, BAD_CHECKSUM = 0x05, 0x06, 0x07
MAGIC_REGISTER = 0x40001000
USER_COMMAND = 1 << 18  # in the flash controller's command register
READ_ID = 0x9F
FLASH_MAKER = 0x4020  # of the flash: type and manufacturer; above it the size as a power of two


class _Refused(Exception):
    """The ROM's error code."""


@dataclass(frozen=True, kw_only=True)
class RomChip:
    """What differs between the chips."""

    boot_offset: int
    spi: int  # flash controller: base, then offsets of user command and first data word
    spi_command: int
    spi_data: int
    mac: int  # where in the eFuses: low word, then high word
    magic: int = 0
    security_id: int | None = None  # None: the ROM does not know the question
    registers: dict[int, int] = field(default_factory=dict)


CHIPS = {
    "esp32": RomChip(
        boot_offset=0x1000,
        spi=0x3FF42000,
        spi_command=0x24,
        spi_data=0x80,
        mac=0x3FF5A004,
        magic=0x00F01D83,
        registers={0x3FF5A00C: 0x8200, 0x3FF5A014: 0x100000, 0x3FF40014: 0xD0156, 0x3FF66010: 0},
    ),
    "esp32s3": RomChip(
        boot_offset=0, spi=0x60002000, spi_command=0x20, spi_data=0x58, mac=0x60007044, magic=0x9, security_id=9
    ),
}


class Rom:
    """``say`` sends to the computer; ``leave`` is called when the computer has it start the program."""

    hides_port = False

    def __init__(self, chip: str, mac: bytes, flash: FlashImage) -> None:
        self.say: Callable[[bytes], Any] = lambda data: None
        self.leave: Callable[[], Any] = lambda: None
        self._chip = CHIPS[chip]
        self._flash = flash
        self._registers = {
            **self._chip.registers,
            MAGIC_REGISTER: self._chip.magic,
            self._chip.mac: int.from_bytes(mac[2:6], "big"),
            self._chip.mac + 4: int.from_bytes(mac[0:2], "big"),
        }
        self._packets = Packets()
        self._address = self._end = 0
        self._is_stub = False
        self._inflating = zlib.decompressobj()

    def stop(self) -> None:
        """Reset, or no power."""

    def start(self) -> None:
        """From reset."""
        self._packets = Packets()
        self._end = self._address = 0
        self._is_stub = False

    def feed(self, data: bytes) -> None:
        """Bytes of the computer."""
        for body in self._packets.feed(data):
            if len(body) >= 8 and body[0] == 0:
                self._command(body)

    def _command(self, body: bytes) -> None:
        command, size, checksum = struct.unpack("<xBHI", body[:8])
        try:
            if len(body) - 8 != size:
                raise _Refused(INVALID_MESSAGE)
            value, answer = self._do(command, body[8:], checksum)
            status = bytes(2 if self._is_stub else 4)
        except _Refused as refused:
            value, answer, status = 0, b"", bytes((1, refused.args[0], 0, 0))
        for _ in range(SYNC_ANSWERS if command == SYNC else 1):
            self.say(packet(struct.pack("<BBHI", 1, command, len(answer) + 4, value) + answer + status))
        if not status[0]:
            self._then(command, body[8:])

    def _then(self, command: int, body: bytes) -> None:
        """What follows the answer."""
        if command == MEMORY_END and not self._is_stub:
            self._is_stub = True
            self.say(packet(STUB_HELLO))
        elif command == STUB_READ_FLASH:
            address, size, block_bytes, _ = _words(body, 4)
            data = self._flash.read(address, size)
            for begin in range(0, size, block_bytes):
                self.say(packet(data[begin : begin + block_bytes]))
            self.say(packet(hashlib.md5(data, usedforsecurity=False).digest()))
        elif command in (FLASH_END, DEFLATED_END) and not self._is_stub:
            self.leave()  # 0: reboot, 1: run what is in the flash; both end there
        elif command in (FLASH_END, DEFLATED_END) and not any(body[:4]):
            self.start()  # such a reset does not look at the boot button again: from the stub back to the ROM

    def _do(self, command: int, body: bytes, checksum: int) -> tuple[int, bytes]:
        if command == SYNC:
            return 0 if self._is_stub else SYNC_VALUE, b""
        if command == READ_REGISTER:
            return self._registers.get(_words(body, 1)[0], 0), b""
        if command == WRITE_REGISTER:
            self._write_register(*_words(body, 3))
        elif command in (FLASH_BEGIN, DEFLATED_BEGIN):
            self._begin(*_words(body, 4))
        elif command in (FLASH_DATA, DEFLATED_DATA):
            self._write(command, body, checksum)
        elif command == READ_FLASH:
            return 0, self._flash.read(_words(body, 1)[0], READ_BYTES)
        elif command == FLASH_MD5:
            address, size = _words(body, 2)
            digest = hashlib.md5(self._flash.read(address, size), usedforsecurity=False)
            return 0, digest.digest() if self._is_stub else digest.hexdigest().encode()
        elif command == SECURITY_INFO and self._chip.security_id is not None:
            return 0, struct.pack("<IB7xII", 0, 0, self._chip.security_id, 0)
        elif command in (STUB_ERASE_CHIP, STUB_ERASE_REGION) and self._is_stub:
            address, size = _words(body, 2) if body else (0, self._flash.chip_bytes)
            self._flash.erase(address, size)
        elif command not in ACCEPTED and not (command == STUB_READ_FLASH and self._is_stub):
            raise _Refused(INVALID_MESSAGE)
        return 0, b""

    def _write_register(self, address: int, value: int, mask: int) -> None:
        spi = self._chip.spi
        if address == spi and value & USER_COMMAND:  # a command goes to the flash chip, and is done at once
            asked = self._registers.get(spi + self._chip.spi_command, 0) & 0xFF
            size = (self._flash.chip_bytes.bit_length() - 1) << 16 | FLASH_MAKER
            self._registers[spi + self._chip.spi_data] = size if asked == READ_ID else 0
            return
        old = self._registers.get(address, 0)
        self._registers[address] = old & ~mask | value & mask

    def _begin(self, size: int, _blocks: int, _block_bytes: int, address: int) -> None:
        """As in metal: the room is erased first."""
        if address + size > self._flash.chip_bytes:
            raise _Refused(FAILED)
        self._flash.erase(address, size) if size else None
        self._address, self._end = address, address + size
        self._inflating = zlib.decompressobj()

    def _write(self, command: int, body: bytes, checksum: int) -> None:
        data = body[16:]
        if len(data) != _words(body, 1)[0]:
            raise _Refused(INVALID_MESSAGE)
        if esp_image.checksum(data) != checksum & 0xFF:
            raise _Refused(BAD_CHECKSUM)
        if command == DEFLATED_DATA:
            try:
                data = self._inflating.decompress(data)
            except zlib.error:
                raise _Refused(FAILED) from None
        data = data[: max(0, self._end - self._address)]  # the last plain block is filled up
        self._flash.write(self._address, data)
        self._address += len(data)


def _words(body: bytes, count: int) -> tuple[int, ...]:
    """The first words of a command."""
    if len(body) < 4 * count:
        raise _Refused(INVALID_MESSAGE)
    return struct.unpack(f"<{count}I", body[: 4 * count])
