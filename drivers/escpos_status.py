"""What a printer says of itself: status bytes become one fault, or none. Pure.

DLE EOT n (Epson's ESC/POS command reference): each answer is one byte with bits 1 and 4 set, bits 0 and 7 clear.
The status word is that of a common kit for kiosk printers; the status byte of the port is that of the USB device class
definition for printing devices 1.1, 4.2.2. Bits are tested one by one: what else is set does not matter.
"""

PRINTER, OFFLINE, ERROR, PAPER = 1, 2, 3, 4  # what DLE EOT asks
NONE = -1  # no answer
PRINTS = ("", "paper_low")  # faults with which it still prints

# (bit, fault), the gravest first
_WORD = ((0x0020, "paper_out"), (0x0200, "cover_open"), (0x1000, "cutter"), (0x4000, "overheated"), (0x2400, "broken"))
_WORD_ONLINE, _WORD_PAPER_LOW = 0x0010, 0x8000


def ask(what: int) -> bytes:
    """DLE EOT: answered at once, also by a printer that is offline."""
    return bytes((0x10, 0x04, what))


def answer_in(data: bytes) -> int:
    """The first byte that can be an answer to DLE EOT, or `NONE`: flow control and other answers may lie between."""
    for byte in data:
        if byte & 0x93 == 0x12:
            return byte
    return NONE


def fault_of(printer: int, offline: int, error: int, paper: int) -> str:
    """From the four answers; those that were not asked are `NONE`."""
    if printer == NONE and paper == NONE:
        return "no_answer"
    if _has(paper, 0x60) or _has(offline, 0x20):
        return "paper_out"
    if _has(offline, 0x04):
        return "cover_open"
    if _has(error, 0x08):
        return "cutter"
    if _has(error, 0x20):
        return "broken"
    if _has(error, 0x40):
        return "overheated"
    if _has(printer, 0x08) or _has(offline, 0x40):
        return "offline"
    return "paper_low" if _has(paper, 0x0C) else ""


def fault_of_word(word: int) -> str:
    """From a kiosk printer's status word. Busy (0x0080) and recoverable (0x0800) alone are no faults."""
    for bit, fault in _WORD:
        if word & bit:
            return fault
    if not word & _WORD_ONLINE:
        return "offline"
    return "paper_low" if word & _WORD_PAPER_LOW else ""


def fault_of_port(byte: int) -> str:
    """From the status byte of a USB printer's port: bit 5 paper empty, bit 4 selected, bit 3 no error."""
    if byte & 0x20:
        return "paper_out"
    return "" if byte & 0x18 == 0x18 else "offline"


def _has(answer: int, bits: int) -> bool:
    return answer != NONE and answer & bits != 0
