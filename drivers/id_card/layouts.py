"""What stands where in the 256 bytes of text on an identity card: residents, Hong Kong, Macao and Taiwan, foreigners.

UTF-16LE, padded with spaces. Byte 248 says which card it is: J a residence permit for Hong Kong, Macao and Taiwan
residents, I a foreigner's permanent residence card of 2017, Y one of 2023 (in use from 1 December 2023), else a
resident's card (GA 450 and its amendments; the makers' notes of 2017 and 2023).
"""

from drivers.faults import PartFault
from drivers.id_card.framing import PART, TEXT_BYTES

RESIDENT, HK_MACAO_TAIWAN, FOREIGNER_2017, FOREIGNER_2023 = (
    "resident",
    "hk_macao_taiwan",
    "foreigner_2017",
    "foreigner_2023",
)
FLAG = 248
_KIND_OF_FLAG = {"J": HK_MACAO_TAIWAN, "I": FOREIGNER_2017, "Y": FOREIGNER_2023}

# card → field → (offset, bytes). Only these are ever read: not the address, not the birthday, not the sex.
FIELDS = {
    RESIDENT: {"name": (0, 30), "number": (122, 36), "valid_from": (188, 16), "valid_until": (204, 16)},
    HK_MACAO_TAIWAN: {
        "name": (0, 30),
        "number": (122, 36),
        "valid_from": (188, 16),
        "valid_until": (204, 16),
        "pass_number": (220, 18),
    },
    FOREIGNER_2017: {
        "name_en": (0, 120),
        "number": (122, 30),
        "name": (158, 30),
        "valid_from": (188, 16),
        "valid_until": (204, 16),
    },
    FOREIGNER_2023: {
        "name": (0, 30),
        "name_en": (52, 70),
        "number": (122, 36),
        "valid_from": (188, 16),
        "valid_until": (204, 16),
        "name_en_more": (220, 22),
    },
}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643, MOD 11-2
CHECKS = "10X98765432"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"


def kind_of(text: bytearray) -> str:
    """Which card it is. Raises PartFault when it is no whole text."""
    if len(text) != TEXT_BYTES:
        raise PartFault(PART, "a card's text of %d bytes" % len(text))
    return _KIND_OF_FLAG.get(chr(text[FLAG]) if not text[FLAG + 1] else "", RESIDENT)


def field(text: bytearray, kind: str, name: str) -> str:
    """One field without its padding. Raises PartFault for bytes that are no text; says nothing of what they are."""
    at, length = FIELDS[kind][name]
    return utf16(text[at : at + length]).strip(" \0")


def utf16(data: bytearray) -> str:
    """UTF-16LE; MicroPython cannot decode it itself."""
    letters = ""
    high = 0
    for at in range(0, len(data) - 1, 2):
        unit = data[at] | data[at + 1] << 8
        if high:
            if not 0xDC00 <= unit < 0xE000:
                raise PartFault(PART, "text on the card that is no UTF-16")
            letters += chr(0x10000 + ((high - 0xD800) << 10 | (unit - 0xDC00)))
            high = 0
        elif 0xD800 <= unit < 0xDC00:
            high = unit
        elif 0xDC00 <= unit < 0xE000:
            raise PartFault(PART, "text on the card that is no UTF-16")
        else:
            letters += chr(unit)
    if high:
        raise PartFault(PART, "text on the card that is no UTF-16")
    return letters


def is_number(kind: str, number: str) -> bool:
    """Whether it can be a number of such a card: 18 characters with a right check, or (foreigners, 2017) 15."""
    if kind == FOREIGNER_2017:
        return len(number) == 15 and all(c in _CAPITALS for c in number[:3]) and all(c in _DIGITS for c in number[3:])
    if len(number) != 18 or not all(c in _DIGITS for c in number[:17]):
        return False
    if kind == FOREIGNER_2023 and number[0] != "9":
        return False
    return number[17] == check_digit(number)


def check_digit(number: str) -> str:
    """The 18th character for 17 digits."""
    return CHECKS[sum([WEIGHTS[at] * int(number[at]) for at in range(17)]) % 11]
