"""The ports on which the hub listens besides its broker: the API's, which it must have, and those it can do without."""

import socket
from collections.abc import Callable, Coroutine
from typing import Any

from hub.config import ApiSettings, SetupError


def listen(api: ApiSettings) -> socket.socket:
    """The API's port. Raises `SetupError` when it is taken."""
    listening = socket.socket(socket.AF_INET6 if ":" in api.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((api.host, api.port))
        listening.listen()
    except OSError as fault:
        listening.close()
        raise SetupError(
            f"the API cannot listen on {api.host}:{api.port}: {fault.strerror}; choose another with --api-port"
        ) from fault
    return listening


async def open_or_say(section: str, port: int, open: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """One that devices or visitors use. It may be taken: said, and nothing that keeps the hub from its work."""
    try:
        await open()
    except OSError as fault:
        print(f"{section}: port {port}: {fault.strerror}; see [{section}] in hub.toml", flush=True)
