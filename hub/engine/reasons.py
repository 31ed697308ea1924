"""Reasons: the national indicator codes of a rating; which ones are offered, and which only history has.

The codes' words are ``reason.{code}`` in firmware/words. The first digit is the level.
"""

OFFERED: dict[int, range] = {
    5: range(510, 518),
    4: range(406, 414),
    3: range(307, 315),
    2: range(207, 215),
    1: range(108, 116),
}
"""Level → the codes in use. The first three of each are shown first."""

OLD: dict[int, range] = {
    5: range(501, 510),
    4: range(401, 406),
    3: range(301, 307),
    2: range(201, 207),
    1: range(101, 108),
}
"""No longer offered nor taken; journals and platforms of before have them."""

POOR = 2  # this level and the one below are 差评

WHYS = ("reasons", "words", "key", "")
"""How a rating says why: by codes; in words, which stay in the hall; not at all although it is poor, for it was one key
of a keypad; not at all, and need not."""


def why(level: int, codes: tuple[int, ...], words: str) -> str:
    """One of `WHYS`."""
    if codes:
        return "reasons"
    if words:
        return "words"
    return "key" if level <= POOR else ""


def is_offered(level: int, code: int) -> bool:
    return code in OFFERED[level]


def is_old(code: int) -> bool:
    """Whether history may have it though nobody can choose it any more."""
    return code in OLD.get(code // 100, ())
