"""The route that gives an installer one device's board file with its keys. No other answer has keys in it."""

import base64
import json
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI, HTTPException, Response

from hub.api.document import tells
from hub.api.shapes.building import BoardFiles
from hub.engine.plan import Plan
from hub.provision import Provision
from hub.provision.certificates import Client

FILES = ("ca", "certificate", "key")  # of board.json's broker: paths on the hub's machine


class Running(Protocol):
    """The running hub, as far as this route needs it."""

    @property
    def plan(self) -> Plan: ...

    @property
    def provision(self) -> Provision: ...


def add_board_files(app: FastAPI, hub: Running) -> None:
    """``GET /devices/{id}/board``: ``board`` is its board.json, ``files`` what that names, in base64."""

    @app.get("/devices/{device_id}/board")
    @tells(BoardFiles, 404, 503)
    async def board(device_id: str, response: Response) -> dict[str, Any]:
        if device_id not in hub.plan.device:
            raise HTTPException(404, f"no device {device_id} in this site; GET /devices lists them")
        response.headers["Cache-Control"] = "no-store"
        try:
            content = json.loads(hub.provision.board_path(device_id).read_bytes())
            paths = {name: content["broker"][name] for name in FILES if content["broker"].get(name)}
            files = {name: base64.b64encode(Path(path).read_bytes()).decode() for name, path in paths.items()}
            is_mixed = "certificate" in paths and not _client(paths).is_of(device_id)
        except OSError as fault:
            raise HTTPException(503, f"{fault}; restart the hub, which writes its board files anew") from None
        if is_mixed:
            raise HTTPException(
                503,
                f"the certificate of {device_id} is another's, or not for its key; restart the hub: it makes a new one",
            )
        return {"board": content, "files": files}


def _client(paths: dict[str, str]) -> Client:
    return Client(Path(paths["certificate"]), Path(paths["key"]))
