"""A LED wall behind a Novastar sending card: picture in, register frames in and out. Knows no driver."""

from collections.abc import Callable

from PIL import Image

PATTERNS = {2: (255, 0, 0), 3: (0, 255, 0), 4: (0, 0, 255), 5: (255, 255, 255)}
MODEL, SIGNAL = 0x02, 0x02000017
BRIGHTNESS, BLACK, PATTERN = 0x02000001, 0x02000100, 0x02000101
DONE, SILENT, BAD_REQUEST, NO_REGISTER, NO_SUCH_CARD = 0, 1, 2, 4, 5


class SimulatedWall:
    """``picture``: what the computer sends over HDMI. ``answers_all``: a write to every card is answered.

    ``tells_signal``: it knows the question whether a picture comes in; otherwise it is silent.
    """

    def __init__(
        self,
        picture: Callable[[], Image.Image],
        *,
        ports: int = 2,
        answers_all: bool = False,
        tells_signal: bool = True,
    ) -> None:
        self.has_signal = True
        self.is_wall_powered = True
        self.bad_frames = 0
        self.refused: list[bytes] = []
        self._picture = picture
        self._ports = ports
        self._answers_all = answers_all
        self._tells_signal = tells_signal
        self._is_powered = True
        self._noise = 0
        self._heard = b""
        self._cards = self._made()

    def _made(self) -> list[dict[int, int]]:
        """Registers of the one card at each port, as they left the factory."""
        return [{BRIGHTNESS: 255, BLACK: 0, PATTERN: 0} for _ in range(self._ports)]

    # hands and eyes

    def lose_power(self) -> None:
        """The sender is off."""
        self._is_powered = False

    def restore_power(self) -> None:
        """The sender is on again; the cards are as they were."""
        self._is_powered = True

    def switch_wall(self, is_on: bool) -> None:
        """The cards lose power, or come up as they left the factory."""
        self.is_wall_powered = is_on
        self._cards = self._made()

    def disturb(self, frames: int) -> None:
        """Noise spoils the next so many frames."""
        self._noise = frames

    def card(self, port: int, register: int) -> int:
        """What a card holds."""
        return self._cards[port][register]

    def image(self) -> Image.Image:
        """What people see: each port feeds an equal part, from left to right."""
        wall = self._picture() if self.has_signal and self._is_powered else Image.new("RGB", self._picture().size)
        if not self.is_wall_powered:
            return Image.new("RGB", wall.size)
        part_px = -(-wall.width // self._ports)
        for port, card in enumerate(self._cards):
            box = (port * part_px, 0, min((port + 1) * part_px, wall.width), wall.height)
            part = wall.crop(box)
            if card[PATTERN] in PATTERNS:
                part = Image.new("RGB", part.size, PATTERNS[card[PATTERN]])
            share = 0 if card[BLACK] else card[BRIGHTNESS]
            wall.paste(part.point(lambda value, share=share: value * share // 255), box[:2])
        return wall

    # wire

    def hear(self, data: bytes) -> bytes:
        """Bytes from the line; returns those that it answers."""
        if not self._is_powered:
            return b""
        self._heard += data
        answers = b""
        while (start := self._heard.find(b"\x55\xaa")) >= 0 and len(self._heard) - start >= 20:
            frame = self._heard[start:]
            size = 20 + (frame[16] + frame[17] * 256 if frame[10] == 1 else 0)
            if len(frame) < size:
                break
            answers += self._obey(frame[:size])
            self._heard = frame[size:]
        return answers

    def _obey(self, frame: bytes) -> bytes:
        if self._noise:
            self._noise -= 1
            frame = frame[:4] + bytes([frame[4] ^ 8]) + frame[5:]
        total = 0x5555
        for byte in frame[2:-2]:
            total += byte
        if frame[-2] + frame[-1] * 256 != total % 65536:
            self.bad_frames += 1
            return self._answer(frame, BAD_REQUEST)
        size = frame[16] + frame[17] * 256
        is_plain = frame[2] == 0 and frame[4] == 0xFE and frame[5] == 0 and frame[11] == 0
        if not is_plain or frame[10] > 1 or not 1 <= size <= 256:
            self.refused.append(frame)
            return self._answer(frame, NO_REGISTER)
        register = int.from_bytes(frame[12:16], "little")
        if frame[6] == 0:
            return self._own(frame, register, size)
        return self._of_cards(frame, register, size)

    def _own(self, frame: bytes, register: int, size: int) -> bytes:
        if register == SIGNAL and not self._tells_signal:
            return b""
        held = {MODEL: b"\x01\x11", SIGNAL: b"\x01" if self.has_signal else b"\0"}.get(register)
        if frame[8:10] != b"\0\0":
            return self._answer(frame, NO_SUCH_CARD)
        if held is None or len(held) != size or frame[10] != 0:
            self.refused.append(frame)
            return self._answer(frame, NO_REGISTER)
        return self._answer(frame, DONE, held)

    def _of_cards(self, frame: bytes, register: int, size: int) -> bytes:
        port, card, is_write = frame[7], frame[8] + frame[9] * 256, frame[10] == 1
        is_all = card == 0xFFFF
        if frame[6] != 1 or size != 1 or register not in (BRIGHTNESS, BLACK, PATTERN):
            self.refused.append(frame)
            return self._answer(frame, NO_REGISTER)
        if is_all and not is_write:
            return self._answer(frame, NO_SUCH_CARD)
        if not self.is_wall_powered or (not is_all and (card or port >= self._ports)):
            return b"" if is_all else self._answer(frame, SILENT)
        if not is_write:
            return self._answer(frame, DONE, bytes([self._cards[port][register]]))
        for number in range(self._ports) if port == 0xFF else (port,):
            self._cards[number][register] = frame[18]
        return self._answer(frame, DONE) if not is_all or self._answers_all else b""

    def _answer(self, frame: bytes, ack: int, data: bytes = b"") -> bytes:
        """The request's own words, turned round."""
        said = bytes([ack, frame[3], 0, 0xFE]) + frame[6:16] + len(data).to_bytes(2, "little") + data
        return b"\xaa\x55" + said + ((0x5555 + sum(said)) % 65536).to_bytes(2, "little")
