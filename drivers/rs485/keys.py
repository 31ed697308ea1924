"""Which key of a keypad or an evaluator means what: data, since every maker's is a little different."""

CONFIRM = 0x0F

# the last byte of what a keypad says → the word of a call terminal's key
KEYS = {0x0C: "call", 0x0D: "recall", 0x0B: "finish", 0x12: "pause", 0x13: "transfer"}
# a digit, then the key 确认
CONFIRMED = {6: "pass", 0: "hold", 3: "resume", 1: "open", 5: "serve", 9: "close"}
# key of a four-key evaluator → level, 5 very satisfied … 1 very dissatisfied
LEVELS = {0: 4, 1: 5, 2: 2, 3: 1}


def word(data: bytes) -> str:
    """What a keypad said; empty for a key without a word. ``transfer:2`` is to the second service of the window's list.

    ``pause`` pauses an open window and opens a paused one.
    """
    if not data:
        return ""
    if data[-1] == CONFIRM:
        return CONFIRMED.get(data[-2], "") if len(data) > 1 else ""
    found = KEYS.get(data[-1], "")
    if found == "transfer":
        number = 0
        for digit in data[:-1]:
            number = number * 10 + digit if digit < 10 else 0
        return "transfer:%d" % number if number else ""
    return found
