"""Keys and board files: made once, private, the same after a restart, told to nobody."""

import json
from pathlib import Path

import pytest

from hub import config
from hub.engine.plan import Device, Plan, Region
from hub.provision import Provision, ProvisionFault
from hub.provision.boards import board
from hub.site_file import load
from hub.sites import find
from hub.update.sign import SigningKey
from simulators.floor_plan import read_floor_plan
from tests.hub.broker_kit import PLAN

PLAIN = config.BrokerSettings()


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_keys_are_random_private_and_last(tmp_path: Path) -> None:
    first = Provision(tmp_path / "hub", PLAN, PLAIN)
    keys = {user: first.password(user) for user in ("hub", "kiosk-1", "help-1", "strip-1")}
    assert len(set(keys.values())) == 4
    assert all(len(key) == 32 for key in keys.values()), "192 bits in base64"
    again = Provision(tmp_path / "hub", PLAN, PLAIN)
    assert {user: again.password(user) for user in keys} == keys
    assert again.admin_token() == first.admin_token() != ""
    assert mode(tmp_path / "hub") == "0o700"
    assert [mode(tmp_path / "hub" / name) for name in ("keys.json", "admin.token")] == ["0o600"] * 2
    assert not any(key in repr(vars(first)) for key in keys.values())


def test_a_forgotten_key_is_another_next_time(tmp_path: Path) -> None:
    provision = Provision(tmp_path, PLAN, PLAIN)
    old = provision.password("kiosk-1")
    provision.forget("kiosk-1")
    assert provision.password("kiosk-1") != old
    assert Provision(tmp_path, PLAN, PLAIN).password("kiosk-1") == provision.password("kiosk-1")


def test_a_broken_key_file_is_said_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"hub": 1')
    with pytest.raises(ProvisionFault, match="backup"):
        Provision(tmp_path, PLAN, PLAIN)
    assert (tmp_path / "keys.json").read_text() == '{"hub": 1'


def test_a_board_file_per_device(tmp_path: Path) -> None:
    provision = Provision(tmp_path, PLAN, config.BrokerSettings(port=1999))
    written = provision.write_boards(version="1.2.3")
    assert list(written) == ["kiosk-1", "help-1", "strip-1"]
    assert {mode(path) for path in written.values()} == {"0o600"}
    assert mode(provision.boards_folder) == "0o700"
    told = json.loads(written["kiosk-1"].read_bytes())
    settings = told.pop("settings")
    assert told.pop("update_key") == SigningKey.of(tmp_path).public
    assert told == {
        "site": "s",
        "device": "kiosk-1",
        "kind": "ticket_kiosk",
        "version": "1.2.3",
        "broker": {"host": "127.0.0.1", "port": 1999, "tls": False, "ca": ""},
        "user": "kiosk-1",
        "password": provision.password("kiosk-1"),
        "data": str(tmp_path / "devices" / "kiosk-1"),
        "heartbeat_s": 30,
    }
    assert settings["hall"] == "服务厅"
    assert settings["languages"] == ["zh", "yue", "en"]


def test_boards_are_written_again_only_when_they_change(tmp_path: Path) -> None:
    provision = Provision(tmp_path, PLAN, PLAIN)
    before = {device: path.stat().st_ino for device, path in provision.write_boards().items()}
    provision.forget("help-1")
    after = {device: path.stat().st_ino for device, path in provision.write_boards().items()}
    assert {device for device in before if before[device] != after[device]} == {"help-1"}


def test_the_board_of_a_device_that_is_gone_goes_too(tmp_path: Path) -> None:
    stale = Provision(tmp_path, PLAN, PLAIN).write_boards()["help-1"]
    fewer = Plan(**{**{f: getattr(PLAN, f) for f in PLAN.__struct_fields__}, "devices": PLAN.devices[:1]})
    Provision(tmp_path, fewer, PLAIN).write_boards()
    assert not stale.exists()


def test_with_tls_the_board_is_told_the_authority(tmp_path: Path) -> None:
    provision = Provision(tmp_path, PLAN, config.BrokerSettings(host="10.0.0.7", tls=True))
    broker = json.loads(provision.write_boards()["help-1"].read_bytes())["broker"]
    assert (broker["host"], broker["tls"]) == ("10.0.0.7", True)
    assert Path(broker["ca"]).read_bytes()[0] == 0x30, "DER: a sequence"
    tls = provision.tls()
    assert tls is not None
    assert tls.certificate.exists()


def test_an_address_that_no_device_can_connect_to_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProvisionFault, match="this machine's address"):
        Provision(tmp_path, PLAN, config.BrokerSettings(host="0.0.0.0", tls=True)).tls()


def test_a_strip_is_told_its_pixels() -> None:
    strip = Device(
        id="x",
        kind="window_strip",
        width_px=512,
        height_px=96,
        regions=(Region(x=0, width=200), Region(x=200, width=312)),
    )
    settings = board(PLAN, strip, {}, "k", "/data", "1")["settings"]
    assert (settings["width_px"], settings["height_px"]) == (512, 96)
    assert settings["regions"] == [[0, 200], [200, 312]]


def test_the_whole_building_is_provisioned(tmp_path: Path) -> None:
    plan = load(find("doumen"))
    written = Provision(tmp_path, plan, PLAIN).write_boards()
    assert written.keys() == plan.device.keys()
    window = plan.windows[0]
    terminal = json.loads(written[window.call_terminal].read_bytes())["settings"]
    assert terminal["window"] == window.number
    assert [service for service, _ in terminal["services"]] == [s.id for s in plan.services_of_hall[window.hall]]
    assert len(read_floor_plan(tmp_path / "site.json").windows) == len(plan.windows)
