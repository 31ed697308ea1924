"""Just enough HTTP/1.1 (RFC 9112) to serve one client well, and to hang up on it at any moment.

A web framework would always send an answer; a platform that dies in the middle does not.
"""

import asyncio
import http
import json
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

MAX_BODY = 8 * 1024 * 1024


class Request(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes


class BadRequest(Exception):
    """The bytes are no request that we serve; ``status`` says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """None when the other side has closed. Raises `BadRequest`."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequest(431, "the headers are too long") from error
    first, *lines = head[:-4].split("\r\n")
    try:
        method, target, _version = first.split(" ")
        headers = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
        length = int(headers.get("content-length", "0"))
    except ValueError as error:
        raise BadRequest(400, "not an HTTP request") from error
    if "transfer-encoding" in headers:
        raise BadRequest(411, "send a Content-Length, not chunks")
    if not 0 <= length <= MAX_BODY:
        raise BadRequest(413, f"at most {MAX_BODY} bytes")
    try:
        body = await reader.readexactly(length)
    except asyncio.IncompleteReadError:
        return None
    path, _, query = target.partition("?")
    return Request(method, path, dict(parse_qsl(query)), headers, body)


def answer(status: int, body: bytes, content_type: str = "application/json", more: str = "") -> bytes:
    """The whole answer in one piece; ``more``: further headers, each with its line's end."""
    head = (
        f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\n"
        f"Content-Type: {content_type}; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode("latin-1") + body


def answer_json(status: int, plain: Any) -> bytes:
    return answer(status, json.dumps(plain, ensure_ascii=False).encode())
