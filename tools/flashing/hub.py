"""What the installer asks the hub: who a device is, its board file, a new key, whether it is there."""

import base64
import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx

from hub.reach import Reach, ReachFault
from tools.flashing.faults import FlashFault

TIMEOUT_S = 15


class BoardFile(NamedTuple):
    """A device's board.json as the hub wrote it, and the files that its ``broker`` names: ca, certificate, key."""

    board: dict[str, Any]
    files: dict[str, bytes]


class Hub:
    """``url`` of its API. Raises FlashFault for whatever it does not answer or does not grant."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._secrets = {token}
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S, trust_env=False, http2=False
        )

    @classmethod
    def of_folder(cls, folder: Path) -> "Hub":
        """The hub of this folder, on this computer."""
        return cls._of(lambda: Reach.of_folder(folder), folder)

    @classmethod
    def of_url(cls, url: str, token_file: Path) -> "Hub":
        """A hub elsewhere, over a tunnel."""
        return cls._of(lambda: Reach.of_url(url, token_file), token_file)

    @classmethod
    def _of(cls, reach: Callable[[], Reach], file: Path) -> "Hub":
        try:
            found = reach()
        except ReachFault as fault:
            key = {"settings": "hub_token", "token": "hub_token", "url": "hub_url"}.get(fault.key, fault.key)
            raise FlashFault(key, **{"file": file, **fault.facts}) from None
        return cls(found.url, found.token)

    def close(self) -> None:
        """Give its connections back."""
        self._client.close()

    def device(self, id: str) -> dict[str, Any]:
        """What it is and how it does: kind, hall, place, is_online, boot, version …"""
        found = self._ask("GET", "devices", id)
        return self._facts(found) if found is not None else self._unknown(id)

    def board(self, id: str) -> BoardFile:
        """With its keys."""
        found = self._ask("GET", "devices", id, "board")
        if found is None:
            self._unknown(id)
        board = self._facts(self._facts(found)["board"])
        self._secrets.add(str(board["password"]))
        return BoardFile(board, {name: base64.b64decode(text) for name, text in found["files"].items()})

    def new_key(self, id: str) -> None:
        """The old key is refused from now on, and the board that has it sent away."""
        if self._ask("POST", "devices", id, "key") is None:
            self._unknown(id)

    def site(self) -> dict[str, Any]:
        """Names of the building, its halls and devices."""
        return self._facts(self._ask("GET", "site"))

    def without_secrets(self, text: str) -> str:
        """``text`` without the token and the passwords that it has told."""
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "***")
        return text

    def _facts(self, found: Any) -> dict[str, Any]:
        if not isinstance(found, dict):
            raise FlashFault("hub_stranger", url=self.url)
        return found

    def _unknown(self, id: str) -> Any:
        devices = self._ask("GET", "devices")
        if not isinstance(devices, list):
            raise FlashFault("hub_stranger", url=self.url)
        known = [device["id"] for device in devices]
        near = difflib.get_close_matches(id, known, 3) or known[:3]
        raise FlashFault("id_unknown", id=id, near=", ".join(near) or "-")

    def _ask(self, method: str, *path: str) -> Any:
        """Its answer; None when it knows no such thing."""
        url = "/".join([self.url, *(quote(part, safe="") for part in path)])
        try:
            reply = self._client.request(method, url)
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise FlashFault("hub_silent", url=self.url, reason=fault) from None
        if reply.status_code == 401:
            raise FlashFault("hub_token", file="admin.token", reason="401")
        try:
            value = reply.json()
        except ValueError:
            raise FlashFault("hub_stranger", url=self.url) from None
        if reply.status_code == 404:
            return None
        if not reply.is_success:
            raise FlashFault("hub_no", url=self.url, said=self._facts(value).get("detail", value))
        return value
