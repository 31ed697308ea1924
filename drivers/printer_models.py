"""How ticket printers differ, as data. A profile names a row; what a row says is in the printer's manual."""

CUT_PARTIAL = b"\x1dVB\x28"  # GS V 66 40: 5 mm past the knife, then a cut that leaves a corner
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 8: what the printer still holds is thrown away
RECOVER = b"\x10\x05\x02"  # DLE ENQ 2: go on after an error, without what was held


class Model:
    """``title`` is for people.

    ``width_px``     dots in a row; 8 a mm
    ``has_chinese``  has letters for GB 18030; else tickets are drawn
    ``has_qr``       draws QR codes (GS ( k)
    ``cut``          what cuts; empty: the visitor tears the paper off
    ``status``       "dle_eot"; "word", with what asks for it in ``ask_word``; "port", over USB only; "none"
    ``has_barrier``  answers GS r 1; else nobody knows when the paper is really out
    ``clear``, ``recover``  empty where the printer has no such command
    """

    def __init__(
        self,
        title: str,
        width_px: int = 576,
        *,
        has_chinese: bool = True,
        has_qr: bool = True,
        cut: bytes = CUT_PARTIAL,
        status: str = "dle_eot",
        ask_word: bytes = b"",
        has_barrier: bool = True,
        clear: bytes = CLEAR,
        recover: bytes = RECOVER,
    ) -> None:
        self.title = title
        self.width_px = width_px
        self.has_chinese = has_chinese
        self.has_qr = has_qr
        self.cut = cut
        self.status = status
        self.ask_word = ask_word
        self.has_barrier = has_barrier
        self.clear = clear
        self.recover = recover

    def with_word(self, ask_word: bytes) -> "Model":
        """The same, of a maker whose printers tell a status word when they are asked so."""
        return Model(
            self.title,
            self.width_px,
            has_chinese=self.has_chinese,
            has_qr=self.has_qr,
            cut=self.cut,
            status="word",
            ask_word=ask_word,
            has_barrier=self.has_barrier,
            clear=self.clear,
            recover=self.recover,
        )


MODELS = {
    "chinese_80": Model("80 mm, Chinese letters, knife"),
    "chinese_58": Model("58 mm, Chinese letters, tear bar", 384, cut=b""),
    "latin_80": Model("80 mm, Latin letters only, knife", has_chinese=False),
    "dots_80": Model("80 mm, plain dots, knife", has_chinese=False, has_qr=False, has_barrier=False, clear=b""),
    "dots_58": Model("58 mm, plain dots, tear bar", 384, has_chinese=False, has_qr=False, has_barrier=False, cut=b""),
    "port_80": Model("80 mm, Chinese letters, knife, tells its status over USB only", status="port", has_barrier=False),
    "silent_80": Model("80 mm, Chinese letters, knife, says nothing", status="none", has_barrier=False),
}
