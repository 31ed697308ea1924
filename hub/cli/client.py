"""How the CLI asks the running hub: its API, with the hub's token."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from firmware.words import WORDS
from hub.audit.deed import told_by_shell
from hub.cli.errors import EXIT_NO, EXIT_SETUP, EXIT_UNREACHABLE, EXIT_USAGE, CliError
from hub.cli.tables import Printer
from hub.reach import Reach, ReachFault

TIMEOUT_S = 10


class Client:
    """One hub. Raises `CliError` with a sentence and an exit code.

    ``reach`` finds it; ``here`` is its folder, when that is on this machine: what to do about silence depends on it.
    """

    def __init__(
        self, reach: Callable[[], Reach], here: Path | None, printer: Printer, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._here = here
        self._printer = printer
        self._timeout_s = timeout_s
        try:
            self._base, token, self._token_file = reach()
        except ReachFault as fault:
            raise self._not_reached(fault) from None
        user = quote(told_by_shell(), safe="@")
        self._headers = {b"Authorization": f"Bearer {token}".encode(), b"X-Hallhub-User": user.encode()}

    def get(self, *path: str, **query: Any) -> Any:
        """The JSON answer to a look at ``path``, its parts as they are."""
        return self._send("GET", path, params={k: v for k, v in query.items() if v not in ("", None, False)})

    def post(self, *path: str, body: dict[str, Any] | None = None, **query: Any) -> Any:
        """The JSON answer to an act; it is durable when this returns."""
        return self._send("POST", path, json=body, params=query)

    def lines(self, *path: str, body: dict[str, Any]) -> Iterator[Any]:
        """The JSON lines of an answer that comes little by little."""
        url = self._url(path)
        try:
            with httpx.stream(
                "POST", url, headers=self._headers, timeout=self._timeout_s, trust_env=False, json=body
            ) as reply:
                if not reply.is_success:
                    reply.read()
                    self._value(reply, path)
                for line in reply.iter_lines():
                    yield json.loads(line)
        except httpx.HTTPError as fault:
            raise self._unreachable("silent", url=self._base, reason=fault) from None

    def put(self, *path: str, body: dict[str, Any]) -> Any:
        """The JSON answer to what takes another's place."""
        return self._send("PUT", path, json=body)

    def _send(self, method: str, path: tuple[str, ...], **options: Any) -> Any:
        try:
            reply = httpx.request(
                method, self._url(path), headers=self._headers, timeout=self._timeout_s, trust_env=False, **options
            )
        except httpx.HTTPError as fault:
            raise self._unreachable("silent", url=self._base, reason=fault) from None
        return self._value(reply, path)

    def _url(self, path: tuple[str, ...]) -> str:
        return "/".join([self._base, *(quote(part, safe="") for part in path)])

    def _value(self, reply: httpx.Response, path: tuple[str, ...]) -> Any:
        """What the hub said. Raises `CliError` when it said no."""
        try:
            value = reply.json()
        except ValueError:
            raise self._unreachable("stranger", url=self._base) from None
        if reply.is_success:
            return value
        if reply.status_code == 401:
            raise self._unreachable("locked", url=self._base, file=self._token_file)
        raise CliError(EXIT_NO, self._reason(reply.status_code, value, path))

    def _reason(self, status: int, value: Any, path: tuple[str, ...]) -> str:
        """Why the hub said no, in the person's language where the catalogue has it."""
        detail = str(value.get("detail", value) if isinstance(value, dict) else value)
        if status == 409 and f"refused.{detail}" in WORDS:
            return self._printer.say(f"refused.{detail}")
        if status == 404 and len(path) > 1 and f"cli.missing.{path[0]}" in WORDS:
            return self._printer.say(f"cli.missing.{path[0]}", id=path[1])
        return detail

    def _not_reached(self, fault: ReachFault) -> CliError:
        if fault.key == "settings":
            return CliError(EXIT_SETUP, str(fault.facts["reason"]))
        if fault.key == "url":
            return CliError(EXIT_USAGE, self._printer.say("cli.away.url", **fault.facts))
        return self._unreachable(fault.key, **fault.facts)

    def _unreachable(self, key: str, **facts: object) -> CliError:
        place = "away" if self._here is None else "unreachable"
        return CliError(EXIT_UNREACHABLE, self._printer.say(f"cli.{place}.{key}", folder=self._here, **facts))
