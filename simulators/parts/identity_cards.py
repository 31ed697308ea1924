"""Identity cards of people who do not exist: the text that a card of each kind carries, laid out field by field."""

from collections.abc import Mapping

# In the order in which a card carries them: field and bytes. Written from what is published, not from the driver.
RESIDENT = (
    ("name", 30),
    ("sex", 2),
    ("nation", 4),
    ("born", 16),
    ("address", 70),
    ("number", 36),
    ("issued_by", 30),
    ("valid_from", 16),
    ("valid_until", 16),
    ("reserved", 36),
)
HK_MACAO_TAIWAN = (
    *RESIDENT[:-1],
    ("pass_number", 18),
    ("issue_count", 4),
    ("reserved", 6),
    ("flag", 2),
    ("reserved_too", 6),
)
FOREIGNER_2017 = (
    ("name_en", 120),
    ("sex", 2),
    ("number", 30),
    ("country", 6),
    ("name", 30),
    ("valid_from", 16),
    ("valid_until", 16),
    ("born", 16),
    ("version", 4),
    ("issued_by", 8),
    ("flag", 2),
    ("reserved", 6),
)
FOREIGNER_2023 = (
    ("name", 30),
    ("sex", 2),
    ("replaced", 4),
    ("born", 16),
    ("name_en", 70),
    ("number", 36),
    ("reserved", 30),
    ("valid_from", 16),
    ("valid_until", 16),
    ("name_en_more", 22),
    ("country", 6),
    ("flag", 2),
    ("related", 6),
)
LAYOUTS = {
    "resident": RESIDENT,
    "hk_macao_taiwan": HK_MACAO_TAIWAN,
    "foreigner_2017": FOREIGNER_2017,
    "foreigner_2023": FOREIGNER_2023,
}
_FLAGS = {"hk_macao_taiwan": "J", "foreigner_2017": "I", "foreigner_2023": "Y"}

# Invented people. The first number is the one that GB 11643 itself prints as its example.
PEOPLE: dict[str, dict[str, str]] = {
    "resident": {
        "name": "张三",
        "sex": "2",
        "nation": "01",
        "born": "19491231",
        "address": "斗门区样例路1号",
        "number": "11010519491231002X",
        "issued_by": "样例公安局",
        "valid_from": "20200101",
        "valid_until": "长期",
    },
    "hk_macao_taiwan": {
        "name": "样例人",
        "sex": "1",
        "born": "19900101",
        "address": "斗门区样例路2号",
        "number": "810000199001010000",
        "issued_by": "样例公安局",
        "valid_from": "20200101",
        "valid_until": "20250101",
        "pass_number": "H00000000",
        "issue_count": "01",
    },
    "foreigner_2017": {
        "name_en": "SAMPLE, PERSON",
        "sex": "1",
        "number": "UTO440100010101",
        "country": "UTO",
        "name": "样例",
        "valid_from": "20180101",
        "valid_until": "20280101",
        "born": "19800101",
        "version": "01",
        "issued_by": "4401",
    },
    "foreigner_2023": {
        "name": "样例",
        "sex": "2",
        "replaced": "00",
        "born": "19800101",
        "name_en": "SAMPLE, PERSON WITH A RATHER LONG N",
        "number": "900000198001010008",
        "valid_from": "20240101",
        "valid_until": "20340101",
        "name_en_more": "AME INDEED",
        "country": "UTO",
    },
}


def text_of(kind: str, fields: Mapping[str, str]) -> bytes:
    """The 256 bytes: UTF-16LE, padded with spaces. ValueError for a field that is too long or not of such a card."""
    values = {**fields, **({"flag": _FLAGS[kind]} if kind in _FLAGS else {})}
    data = b""
    for name, length in LAYOUTS[kind]:
        part = values.pop(name, "").encode("utf-16-le")
        if len(part) > length:
            raise ValueError(f"{name}: {length // 2} characters at most on a {kind} card")
        data += part + b" \0" * ((length - len(part)) // 2)
    if values:
        raise ValueError(f"a {kind} card has no {', '.join(values)}")
    return data


class Card:
    """A card of an invented person: ``Card("resident")``; fields may be given."""

    def __init__(self, kind: str = "resident", **fields: str) -> None:
        self.kind = kind
        self.text = text_of(kind, {**PEOPLE[kind], **fields})
        self.serial = b"\x00\x01\x02\x03\x04\x05\x06\x07"
        self.photo = bytes((7 * at + 3) % 256 for at in range(1024))
        self.fingerprints = b""
