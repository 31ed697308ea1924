"""Code links: what a paper says of itself, so that its holder may rate: an address for phones, letters for a kiosk.

Both are made with the hub's key, so nobody can make them up from a number that was called aloud.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from pathlib import Path

from hub.key_file import kept_key

KEY_FILE, KEY_BYTES = "evaluation.key", 32
_TOKEN = re.compile(r"(\d{8}-[A-Z]{1,2}\d{1,6})\.([a-z2-7]{26})")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32, without those that look like others
CHECK_LETTERS = 6  # 30 bits: at `PER_KIOSK` wrong ones a minute, 50 years of kiosks
_PAPER = re.compile(r"(\d{8}-[A-Z]{1,2}\d{1,6})\.([2-9A-Z]{6})")  # as a paper's code says it
_TYPED = re.compile(r"([A-Z]{1,2}\d{3,6})([2-9A-HJ-NP-Z]{6})")
_BARE = re.compile(r"(\d{8}-)?[A-Z]{1,2}\d{1,6}")


class CodeLinks:
    """``base`` is where visitors reach the hub's page, such as ``https://hall.example.gov.cn``; empty: no links.

    The key is made on first use. Raises `KeyFault`.
    """

    def __init__(self, folder: Path, base: str) -> None:
        self._base = base.rstrip("/")
        self._key = kept_key(folder / KEY_FILE, KEY_BYTES)

    def link(self, ticket: str, nth: int = 1) -> str:
        """Where a phone rates; empty when there is no page. ``nth``: which of the ticket's services is meant."""
        if not self._base:
            return ""
        return f"{self._base}/e/{self.token(ticket)}" + (f"?nth={nth}&level=0" if nth > 1 else "")

    def token(self, ticket: str) -> str:
        """The ticket's id and what proves it."""
        return f"{ticket}.{self._mac(ticket)}"

    def ticket(self, token: str) -> str:
        """The id of the ticket that a token is of; empty when it is none of ours."""
        found = _TOKEN.fullmatch(token)
        return found[1] if found and hmac.compare_digest(found[2], self._mac(found[1])) else ""

    def check(self, ticket: str) -> str:
        """The letters that stand behind the number on its paper, for who types."""
        digest = hmac.digest(self._key, b"paper " + ticket.encode(), "sha256")
        return "".join(_LETTERS[byte % 32] for byte in digest[:CHECK_LETTERS])

    def shown(self, text: str, days: Iterable[str]) -> str:
        """The ticket whose paper says ``text``: its code as scanned, or number and letters as typed; empty: no paper.

        ``days``: YYYYMMDD, on which a number that was typed may have been given out.
        """
        scanned = text.strip().rpartition("/e/")[2].partition("?")[0]
        if ticket := self.ticket(scanned):
            return ticket
        upper = scanned.upper()
        if found := _PAPER.fullmatch(upper):
            return found[1] if self._is_check(found[1], found[2]) else ""
        typed = "".join(letter for letter in upper if letter.isalnum())
        if not (found := _TYPED.fullmatch(typed)):
            return ""
        candidates = (f"{day}-{found[1]}" for day in days)
        return next((ticket for ticket in candidates if self._is_check(ticket, found[2])), "")

    def _is_check(self, ticket: str, letters: str) -> bool:
        return hmac.compare_digest(letters.encode(), self.check(ticket).encode())

    def _mac(self, ticket: str) -> str:
        return b32encode(hmac.digest(self._key, b"rate " + ticket.encode(), "sha256")[:16]).decode().lower().rstrip("=")


def is_bare(text: str) -> bool:
    """Whether it is a ticket's number or id and nothing that proves the paper: of a kiosk that was alone, say."""
    return _BARE.fullmatch(text.strip().upper()) is not None
