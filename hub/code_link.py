"""Code links: the address on a ticket under which its services are rated; signed, so that nobody can make one up."""

import hmac
import re
from base64 import b32encode
from pathlib import Path

from hub.key_file import kept_key

KEY_FILE, KEY_BYTES = "evaluation.key", 32
_TOKEN = re.compile(r"(\d{8}-[A-Z]{1,2}\d{1,6})\.([a-z2-7]{26})")


class CodeLinks:
    """``base`` is where visitors reach the hub's page, such as ``https://hall.example.gov.cn``; empty: no links.

    The key is made on first use. Raises `KeyFault`.
    """

    def __init__(self, folder: Path, base: str) -> None:
        self._base = base.rstrip("/")
        self._key = kept_key(folder / KEY_FILE, KEY_BYTES)

    def link(self, ticket: str) -> str:
        """What stands on the paper; empty when there is no page."""
        return f"{self._base}/e/{self.token(ticket)}" if self._base else ""

    def token(self, ticket: str) -> str:
        """The ticket's id and what proves it."""
        return f"{ticket}.{self._mac(ticket)}"

    def ticket(self, token: str) -> str:
        """The id of the ticket that a token is of; empty when it is none of ours."""
        found = _TOKEN.fullmatch(token)
        return found[1] if found and hmac.compare_digest(found[2], self._mac(found[1])) else ""

    def _mac(self, ticket: str) -> str:
        return b32encode(hmac.digest(self._key, b"rate " + ticket.encode(), "sha256")[:16]).decode().lower().rstrip("=")
