"""How the CLI reaches the running hub: its API, with the token from the hub's folder."""

from pathlib import Path
from typing import Any

import httpx

from hub import config
from hub.cli.errors import EXIT_NO, EXIT_UNREACHABLE, CliError


class Client:
    """One hub, found through its folder. Raises `CliError` with a sentence and an exit code."""

    def __init__(self, folder: Path) -> None:
        settings = config.load(folder)
        token_file = folder / "admin.token"
        try:
            token = token_file.read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise CliError(
                EXIT_UNREACHABLE,
                f"cannot read {token_file}: {fault.strerror}. Is {folder} the folder of a hub that was started once? "
                "Name it with --folder, or start one with: hallhub up",
            ) from None
        self._base = f"http://{settings.api.host}:{settings.api.port}"
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **query: Any) -> Any:
        """The JSON answer to a look."""
        return self._send("GET", path, params={k: v for k, v in query.items() if v not in ("", None, False)})

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The JSON answer to an act; it is durable when this returns."""
        return self._send("POST", path, json=body)

    def _send(self, method: str, path: str, **options: Any) -> Any:
        try:
            reply = httpx.request(
                method, self._base + path, headers=self._headers, timeout=10, trust_env=False, **options
            )
        except httpx.HTTPError as fault:
            raise CliError(
                EXIT_UNREACHABLE,
                f"no hub answers at {self._base} ({fault}). Is it running? Start it with: hallhub up",
            ) from None
        if reply.is_success:
            return reply.json()
        raise CliError(EXIT_NO, _reason(reply))


def _reason(reply: httpx.Response) -> str:
    try:
        detail = reply.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = reply.text[:200]
    return f"refused.{detail}" if reply.status_code == 409 else str(detail)
