"""The line to one platform: requests in its words, signed anew for each try, over HTTP."""

import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

import httpx
import msgspec

from hub.platform.contract import Record
from hub.platform.mapping import NEUTRAL, Mapping, Plain
from hub.platform.signers import Signer
from hub.platform.signers.bearer import Bearer

_encode = msgspec.json.Encoder().encode


class Heard(NamedTuple):
    """What came back; ``status`` 0: nothing did, and ``body`` says why."""

    status: int
    body: bytes


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
    ) -> None:
        self.url = _checked(url)
        self.mapping = mapping
        self._signer = signer or Bearer("")
        self._client = client
        self._own: httpx.AsyncClient | None = None
        self._timeout_s = timeout_s
        self._now_s = now_s

    def put(self, record: Record) -> Plain:
        """The record in the platform's words. Raises `Unmapped`."""
        return self.mapping.put(record)

    async def post(self, path: str, plain: object, key: str = "") -> Heard:
        """``key``: the same in a repetition."""
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        return await self._ask("POST", path, _encode(plain), headers)

    async def get(self, path: str) -> Heard:
        """``path`` with its query."""
        return await self._ask("GET", path, b"", {})

    async def close(self) -> None:
        """May be used again."""
        if self._own is not None:
            await self._own.aclose()
            self._own = None

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Heard:
        signed = self._signer.sign(body, round(self._now_s() * 1000), secrets.token_hex(16))
        try:
            answer = await self._http().request(
                method, self.url + path, content=signed.body, headers=headers | signed.headers
            )
        except httpx.TimeoutException as error:
            return Heard(0, f"{self.url}: no answer in time ({type(error).__name__})".encode())
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            return Heard(0, f"{self.url}: no connection, or it broke ({said})".encode())
        return Heard(answer.status_code, answer.content)

    def _http(self) -> httpx.AsyncClient:
        if self._client is not None:
            return self._client
        if self._own is None:
            self._own = httpx.AsyncClient(timeout=self._timeout_s, trust_env=False)
        return self._own


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"platform url {url!r}: {error}. Write it as https://host[:port]/path.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError(f"platform url {url!r} has no http:// or https:// and host. Write https://host[:port]/path.")
    return url.rstrip("/")
