"""ID card frames and layouts: the published vectors, cards of invented people, and bytes that are none."""

import asyncio
from binascii import unhexlify

from drivers.code_scanner import CodeScanner, SerialCodes
from drivers.faults import PartFault
from drivers.id_card import framing
from drivers.id_card.framing import FIND, READ, READ_WITH_FINGERPRINTS, SAM_ID, SELECT, FrameReader, command
from drivers.id_card.identity import Identity
from drivers.id_card.layouts import check_digit, is_number, kind_of, utf16
from drivers.id_card.reader import CardFault, IdCardReader
from tests.portable.bench import Dice, error_of, play, stop, until

HEAD = "AAAAAA9669"
FOUND = "0008 00009F 00000000 97"
NONE = "0004 000080 84"
SELECTED = "000C 000090 0102030405060708 94"  # eight bytes of the card's own number


def from_hex(text):
    return unhexlify(text.replace(" ", ""))


def wide(text, length):
    """UTF-16LE padded with spaces, as a card carries it; for letters below U+10000."""
    data = bytearray()
    for letter in text:
        data.append(ord(letter) & 255)
        data.append(ord(letter) >> 8)
    while len(data) < length:
        data += b" \0"
    return data


def resident(number="11010519491231002X", name="张三", until="长期"):
    text = wide(name, 122) + wide(number, 66) + wide("20200101", 16) + wide(until, 52)
    assert len(text) == 256
    return text


def reply_of(text, heads="01000400", photo=1024):
    body = bytearray(from_hex("000090" + heads)) + text + bytes([at % 251 for at in range(photo)])
    length = len(body) + 1
    body = bytearray([length >> 8, length & 255]) + body
    body.append(framing.check(body))
    return bytearray(framing.START) + body


def read(what, data, size=1 << 20):
    """The reply to a command, its bytes coming ``size`` at a time."""
    reader = FrameReader(what)
    reply = None
    for at in range(0, len(data), size):
        reply = reader.feed(bytearray(data[at : at + size])) or reply
    return reply


def test_commands_are_the_published_bytes():
    for what, data, expected in (
        (framing.RESET, b"", "0003 10FF EC"),
        (framing.STATUS, b"", "0003 11FF ED"),
        (framing.SAM_ID, b"", "0003 12FF EE"),
        (framing.FIND, b"", "0003 2001 22"),
        (framing.SELECT, b"", "0003 2002 21"),
        (framing.READ, b"", "0003 3001 32"),
        (framing.READ_WITH_FINGERPRINTS, b"", "0003 3010 23"),
        (framing.READ_ADDRESS, b"", "0003 3003 30"),
        ((0x61, 0xFF, 0), b"\x50", "0004 61FF50 CA"),
    ):
        assert command(what, data) == from_hex(HEAD + expected), expected
    assert command(FIND)[-1] != 0x21, "a sample that went round the world has a wrong check sum"


def test_published_replies_are_understood_however_they_are_cut():
    for size in (1, 3, 7, 100):
        assert read(FIND, from_hex(HEAD + FOUND), size).status == framing.FOUND
        assert read(FIND, from_hex(HEAD + NONE), size).status == framing.NO_CARD
        assert read(SELECT, from_hex(HEAD + SELECTED), size).status == framing.OK
        noise = from_hex("00FFAA96 AAAA69") + from_hex("AA") + from_hex(HEAD + NONE)
        assert read(FIND, noise, size).status == framing.NO_CARD, "noise before it, and one AA too many"


def test_a_whole_card_is_1295_bytes_of_which_only_the_text_is_kept():
    data = reply_of(resident())
    assert len(data) == 1295
    assert bytes(data[:14]) == from_hex(HEAD + "0508 000090 01000400")
    reply = read(READ, data, 64)
    assert reply.status == framing.OK
    assert reply.data == resident(), "no byte of the photo"


def test_a_card_with_fingerprints_has_one_length_more():
    data = reply_of(resident(), heads="010004000400", photo=2048)
    assert read(READ_WITH_FINGERPRINTS, data, 64).data == resident()


def test_what_was_taken_in_is_overwritten():
    chunk = reply_of(resident())
    FrameReader(READ).feed(chunk)
    assert bytes(chunk) == bytes(1295)


def test_the_text_of_a_card_is_overwritten_where_it_was_gathered():
    reader, data = FrameReader(READ), reply_of(resident())
    assert reader.feed(data[:-1]) is None
    gathered = reader._kept
    assert resident() in bytes(gathered)
    assert reader.feed(data[-1:]).data == resident()
    assert gathered
    assert bytes(gathered) == bytes(len(gathered))


def test_a_wrong_check_sum_is_a_fault_and_the_next_reply_counts():
    reader = FrameReader(FIND)
    data = bytearray(from_hex(HEAD + FOUND))
    data[-1] ^= 1
    assert "check sum" in error_of(PartFault, reader.feed, data).reason
    assert reader.feed(bytearray(from_hex(HEAD + NONE))).status == framing.NO_CARD


def test_replies_that_cannot_be_are_faults():
    for text in ("0003 000090", "0A00", "FFFF"):
        assert "bytes" in error_of(PartFault, read, FIND, from_hex(HEAD + text)).reason
    assert "strange" in error_of(PartFault, read, FIND, from_hex(HEAD + "0004 010080 85")).reason
    for heads in ("01000300", "00FF0401"):
        assert "add up" in error_of(PartFault, read, READ, reply_of(resident(), heads)).reason
    assert "add up" in error_of(PartFault, read, READ, from_hex(HEAD + "0004 000090 94")).reason


def test_the_late_reply_to_an_earlier_command_is_passed_over():
    reader = FrameReader(FIND)
    assert reader.feed(reply_of(resident())) is None
    assert reader.feed(bytearray(from_hex(HEAD + NONE))).status == framing.NO_CARD


def test_every_status_word_has_words():
    for status in (0x10, 0x11, 0x21, 0x24, 0x31, 0x32, 0x33, 0x40, 0x41, 0x47, 0x60, 0x66, 0x80, 0x81, 0x91):
        assert "status" not in framing.said(status)
    assert framing.said(0x7B) == "status 7B"


def test_the_check_digit_of_the_standards_example():
    assert check_digit("11010519491231002") == "X"
    assert is_number("resident", "11010519491231002X")
    for wrong in ("110105194912310021", "11010519491231020X", "11010519491231002", "1101051949123100２X", ""):
        assert not is_number("resident", wrong), wrong
    assert not is_number("foreigner_2023", "11010519491231002X"), "a foreigner's number begins with 9"
    assert is_number("foreigner_2017", "UTO440100010101")
    assert not is_number("foreigner_2017", "UT0440100010101")


def test_an_identity_is_opened_once_and_shows_nothing():
    text = resident()
    identity = Identity(text)
    assert "1101" not in repr(identity) + str(identity)
    assert identity.kind == "resident"
    assert identity.is_valid_on("20261122")
    assert identity.take() == {"name": "张三", "number": "11010519491231002X"}
    assert bytes(text) == bytes(256), "the bytes are gone"
    error_of(ValueError, identity.take)
    assert not identity.is_valid_on("20261122")


def test_an_expired_card_says_so():
    identity = Identity(resident(until="20250101"))
    assert [identity.is_valid_on(day) for day in ("20191231", "20200101", "20250101", "20250102")] == [
        False,
        True,
        True,
        False,
    ]


def test_an_identity_nobody_wants_is_forgotten():
    text = resident()
    Identity(text).forget()
    assert bytes(text) == bytes(256)


def test_a_number_with_a_wrong_check_digit_is_no_identity_and_is_not_said():
    text = resident("110105194912310021")
    error = error_of(PartFault, Identity, text)
    assert "1101" not in str(error)
    assert bytes(text) == bytes(256)


def test_utf_16_with_letters_beyond_the_first_plane():
    assert utf16(bytearray(from_hex("2000 40D8 0BDC 204F"))) == " \U0002000b传"
    for broken in ("40D8", "40D8 2000", "0BDC"):
        error_of(PartFault, utf16, bytearray(from_hex(broken)))


class Far:
    """A reader on which a resident's card lies, once it is there."""

    def __init__(self):
        self.card = None
        self.is_there = True
        self._come = b""

    async def write(self, data):
        if not self.is_there:
            raise OSError("unplugged")
        what = bytes(data[7:9])
        if what == b"\x20\x01":
            self._come += from_hex(HEAD + (FOUND if self.card else NONE))
        elif what == b"\x20\x02":
            self._come += from_hex(HEAD + "000C 000090 0001020304050607 9C")
        elif what == b"\x30\x01":
            self._come += bytes(reply_of(self.card))
            self.card = None
        elif what == b"\x11\xff":
            self._come += from_hex(HEAD + "0004 000090 94")

    async def read(self, timeout_s):
        await asyncio.sleep(0)
        data, self._come = self._come[:64], self._come[64:]
        return data


def test_a_reader_gives_the_card_that_is_laid_on_and_comes_back_by_itself():
    async def story():
        far = Far()
        reader = IdCardReader(far, find_every_ms=5, status_every_ms=5)
        running = asyncio.create_task(reader.run())
        waiting = asyncio.create_task(reader.card())
        far.card = resident()
        assert (await waiting).take()["name"] == "张三"
        far.is_there = False
        await until(lambda: reader.health.fault == "unplugged", "the fault")
        far.is_there = True
        await until(lambda: reader.health.fault == "", "its end")
        far.card = resident("110105194912310021")
        code = ""
        try:
            await reader.card()
        except CardFault as fault:
            code = fault.code
        assert code == "wrong"
        await stop(running)

    play(story)


def test_codes_on_a_serial_line():
    class Line:
        come = [b"YY2026", b"1122\r\n", b"", "预".encode() + b"\r\nB\r\n"]

        async def read(self, timeout_s):
            await asyncio.sleep(0)
            return self.come.pop(0) if self.come else b""

    async def story():
        scanner = CodeScanner(SerialCodes(Line()))
        running = asyncio.create_task(scanner.run())
        assert await scanner.code() == "YY20261122"
        assert await scanner.code() == "B"
        await stop(running)

    play(story)


def test_whatever_comes_is_a_reply_or_a_fault():
    dice = Dice(7)
    good = (from_hex(HEAD + FOUND), from_hex(HEAD + NONE), bytes(reply_of(resident())[:200]))
    seen = 0
    for _ in range(300):
        data = dice.spoil(dice.pick(good))
        try:
            seen += read(dice.pick((FIND, READ, SELECT, SAM_ID)), data, 1 + dice.below(64)) is not None
        except PartFault:
            pass
    assert seen > 5


def test_whatever_text_a_card_carries_is_an_identity_or_a_fault():
    dice = Dice(8)
    seen = 0
    for _ in range(100):
        text = resident()
        for _ in range(1 + dice.below(3)):
            text[dice.below(256)] = dice.below(256)
        try:
            identity = Identity(text)
            seen += len(identity.take()["number"]) == 18
        except PartFault:
            pass
    assert seen > 20
    assert kind_of(resident()) == "resident"
    error_of(PartFault, kind_of, bytearray(255))
