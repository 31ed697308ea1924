"""What every signer gives: the request as it goes out."""

from typing import Protocol

import msgspec


class Signed(msgspec.Struct, frozen=True):
    """``headers`` are added to the request's; ``body`` takes the place of the one that was to be signed."""

    headers: dict[str, str]
    body: bytes


class Signer(Protocol):
    """One manner of proving to a platform who asks. A signature is made for each try: it holds for minutes only.

    ``seals``: the body is what is signed, so that every request needs one.
    """

    seals: bool

    def sign(self, body: bytes, at_ms: int, nonce: str) -> Signed:
        """``at_ms``: unix time; ``nonce``: 16 or more letters and digits that no request had before."""
