"""A building's network before the hub: real boards cannot reach loopback, so the hub is known there by a name.

What the installer asks goes through, as through the tunnel of docs/installing.md; only the broker's address that a
board is told becomes `NAME`, which the network of virtual boards leads to this machine.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

NAME = "hub.test"
Change = Callable[[str, Any], None]


def as_named(path: str, value: Any) -> None:
    """The broker by its name."""
    if path.endswith("/board"):
        value["board"]["broker"]["host"] = NAME


class Building:
    """``url`` is the hub's API as it is seen from the building. On loopback.

    ``change(path, value)`` is what happens to an answer on its way.
    """

    def __init__(self, hub_url: str, change: Change = as_named) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _passing(hub_url, change))
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _passing(hub_url: str, change: Change) -> type[BaseHTTPRequestHandler]:
    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urllib.request.Request(hub_url + self.path, method=self.command)
            asked.add_header("Authorization", self.headers["Authorization"])
            try:
                with urllib.request.urlopen(asked, timeout=15) as reply:
                    status, data = reply.status, reply.read()
            except urllib.error.HTTPError as error:
                status, data = error.code, error.read()
            if status == 200:
                value = json.loads(data)
                change(self.path, value)
                data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None: ...

    return Passing
