"""GET /devices/{id}/board: a device's board file with its keys, and only its own."""

import asyncio
import base64
import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from fastapi import FastAPI

from hub.api.board_files import add_board_files
from hub.config import BrokerSettings
from hub.engine.plan import Plan
from hub.provision import Provision
from tests.hub.broker_kit import PLAN
from tests.hub.test_api import Api


class Running(NamedTuple):
    plan: Plan
    provision: Provision


def running(folder: Path, tls: bool = True) -> Running:
    provision = Provision(folder, PLAN, BrokerSettings(host="10.0.0.7", tls=tls))
    provision.write_boards()
    return Running(PLAN, provision)


def ask(hub: Running, device: str) -> httpx.Response:
    app = FastAPI()
    add_board_files(app, hub)

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return await client.get(f"/devices/{device}/board")

    return asyncio.run(asked())


def test_it_has_all_that_a_board_is_told(tmp_path: Path) -> None:
    hub = running(tmp_path)
    reply = ask(hub, "help-1")
    assert reply.status_code == 200
    assert reply.headers["cache-control"] == "no-store"  # it has keys in it
    told: dict[str, Any] = reply.json()
    assert told["board"] == json.loads(hub.provision.board_path("help-1").read_bytes())
    assert told["board"]["password"] == hub.provision.password("help-1")
    files = {name: base64.b64decode(text) for name, text in told["files"].items()}
    assert set(files) == {"ca", "certificate", "key"}
    authority, own = (x509.load_der_x509_certificate(files[name]) for name in ("ca", "certificate"))
    own.verify_directly_issued_by(authority)
    assert own.subject.rfc4514_string() == "CN=help-1"
    assert serialization.load_der_private_key(files["key"], None).public_key() == own.public_key()


def test_no_other_device_is_in_it(tmp_path: Path) -> None:
    hub = running(tmp_path)
    said = ask(hub, "help-1").text
    assert "kiosk-1" not in said
    assert not any(hub.provision.password(user) in said for user in ("kiosk-1", "strip-1", "hub"))


def test_without_tls_there_are_no_files(tmp_path: Path) -> None:
    assert ask(running(tmp_path, tls=False), "help-1").json()["files"] == {}


def test_a_device_that_is_none_and_a_file_that_is_gone(tmp_path: Path) -> None:
    hub = running(tmp_path)
    assert ask(hub, "help-9").status_code == 404
    hub.provision.board_path("help-1").unlink()
    assert (ask(hub, "help-1").status_code, "restart the hub" in ask(hub, "help-1").text) == (503, True)


@pytest.mark.parametrize("mixed", [("cert",), ("key",), ("cert", "key")], ids="-".join)
def test_keys_of_another_device_are_not_handed_out_and_made_anew_by_a_restart(
    mixed: tuple[str, ...], tmp_path: Path
) -> None:
    """As after a backup that was put back into the wrong place."""
    hub = running(tmp_path)
    for what in mixed:
        for ending in ("der", "pem"):
            boards = hub.provision.boards_folder
            shutil.copyfile(boards / f"kiosk-1.{what}.{ending}", boards / f"help-1.{what}.{ending}")
    reply = ask(hub, "help-1")
    assert (reply.status_code, "is another's" in reply.text) == (503, True)
    assert ask(hub, "kiosk-1").status_code == 200
    test_it_has_all_that_a_board_is_told(tmp_path)


def test_the_running_hub_has_the_route_behind_its_token(tmp_path: Path) -> None:
    api = Api(tmp_path / "hub")
    try:
        api.hub.provision.write_boards()
        device = api.hub.plan.devices[0].id
        assert api.send("GET", f"/devices/{device}/board", None).status_code == 401
        assert api.get(f"/devices/{device}/board")["board"]["device"] == device
    finally:
        api.close()
