"""The line to one platform: requests in its words, no faster than it allows, signed anew for each try, over HTTP."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
import msgspec

from hub.platform.contract import Record
from hub.platform.mapping import NEUTRAL, Mapping, Plain
from hub.platform.pace import Rate
from hub.platform.signers import Signer
from hub.platform.signers.bearer import Bearer

MAX_ANSWER = 64 * 1024 * 1024  # bytes; the ids and digests of 16,000 records are 2 MB
MAX_PAUSE_S = 600  # that a platform may ask for
STEPS = 3  # a whole answer may take so many times what one step may: a platform that dribbles is no better than none
_encode = msgspec.json.Encoder().encode


class Heard(NamedTuple):
    """What came back; ``status`` 0: nothing did, and ``body`` says why. ``pause_s``: it wants to be left alone."""

    status: int
    body: bytes
    pause_s: float = 0.0


class Line:
    """``url`` is the platform's base address. Raises ValueError for an url that is none."""

    def __init__(
        self,
        url: str,
        signer: Signer | None = None,
        mapping: Mapping = NEUTRAL,
        client: httpx.AsyncClient | None = None,
        *,
        timeout_s: float = 10.0,
        now_s: Callable[[], float] = time.time,
        rate: Rate | None = None,
    ) -> None:
        self.url = _checked(url)
        self.mapping = mapping
        self._signer = signer or Bearer("")
        self._client = client
        self._own: httpx.AsyncClient | None = None
        self._timeout_s = timeout_s
        self._now_s = now_s
        self._rate = rate or Rate(0)

    def put(self, record: Record) -> Plain:
        """The record in the platform's words. Raises `Unmapped`."""
        return self.mapping.put(record)

    async def post(self, path: str, plain: object, key: str = "") -> Heard:
        """``key``: the same in a repetition."""
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        return await self._ask("POST", path, _encode(plain), headers)

    async def get(self, path: str, query: dict[str, str | int]) -> Heard:
        """A question. Where the body is what is signed and sealed, the query goes in it: nothing else would be."""
        if self._signer.seals:
            return await self.post(path, query)
        return await self._ask("GET", f"{path}?{urlencode(query)}", b"", {})

    async def close(self) -> None:
        """May be used again."""
        if self._own is not None:
            await self._own.aclose()
            self._own = None

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Heard:
        await asyncio.sleep(self._rate.wait_s())
        signed = self._signer.sign(body, round(self._now_s() * 1000), secrets.token_hex(16))
        asked = self._http().stream(method, self.url + path, content=signed.body, headers=headers | signed.headers)
        try:
            async with asyncio.timeout(STEPS * self._timeout_s), asked as answer:
                return Heard(answer.status_code, await _read(answer), _pause_s(answer))
        except (httpx.TimeoutException, TimeoutError) as error:
            return Heard(0, f"{self.url}: no answer in time ({type(error).__name__})".encode())
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            return Heard(0, f"{self.url}: no connection, or it broke ({said})".encode())

    def _http(self) -> httpx.AsyncClient:
        if self._client is not None:
            return self._client
        if self._own is None:
            self._own = httpx.AsyncClient(timeout=self._timeout_s, trust_env=False)
        return self._own


async def _read(answer: httpx.Response) -> bytes:
    """Raises httpx.HTTPError for one that does not end."""
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > MAX_ANSWER:
            raise httpx.ReadError(f"an answer of more than {MAX_ANSWER} bytes")
    return bytes(body)


def _pause_s(answer: httpx.Response) -> float:
    """Of the header Retry-After (RFC 9110, 10.2.3), where it is in seconds."""
    text = answer.headers.get("retry-after", "")
    return min(MAX_PAUSE_S, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"platform url {url!r}: {error}. Write it as https://host[:port]/path.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError(f"platform url {url!r} has no http:// or https:// and host. Write https://host[:port]/path.")
    return url.rstrip("/")
