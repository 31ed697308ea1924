"""The hub's own folder of keys, certificates and board files, for one site."""

import ipaddress
from importlib import metadata
from pathlib import Path

import msgspec

from hub import config
from hub.broker.accounts import HUB_USER
from hub.broker.settings import Tls
from hub.engine.plan import Device, Plan
from hub.private_file import private_folder, write_private
from hub.provision import boards
from hub.provision.certificates import Authority, Client
from hub.provision.keys import Keys, ProvisionFault
from hub.update.sign import SigningKey


class Provision:
    """``folder`` is the hub's (0700). What is missing is made: here the keys, with the first use of TLS the CA.

    Raises `ProvisionFault` when what is there cannot be read.
    """

    def __init__(self, folder: Path, plan: Plan, broker: config.BrokerSettings) -> None:
        self.folder = folder.resolve()
        self.boards_folder = self.folder / "boards"
        self._plan = plan
        self._broker = broker
        self._tls: Tls | None = None
        self._authority: Authority | None = None
        self._keys = Keys(self.folder)
        self._keys.ensure([HUB_USER, *(device.id for device in plan.devices)])
        self.admin_token()
        self._update_key = SigningKey.of(self.folder).public

    def take_plan(self, plan: Plan) -> None:
        """The devices changed: keys for the new ones, none for those that are gone, and the board files anew."""
        for gone in self._plan.device.keys() - plan.device.keys():
            self._keys.forget(gone)
        self._plan = plan
        self._keys.ensure(device.id for device in plan.devices)
        self.write_boards()

    def password(self, user: str) -> str:
        """The key of a device, or of the hub (`HUB_USER`)."""
        return self._keys.key(user)

    def forget(self, device: str) -> None:
        """Its key stops being one, as soon as the broker is told the accounts again; the next one is new, and so is the
        certificate."""
        self._keys.forget(device)
        Client.of(self.boards_folder, device).remove()

    def board_path(self, device: str) -> Path:
        """Where its board.json is."""
        return self.boards_folder / f"{device}.json"

    def admin_token(self) -> str:
        """What the CLI shows the API; in ``admin.token``."""
        return self._keys.admin_token()

    def tls(self) -> Tls | None:
        """The broker's certificate, where the settings ask for TLS."""
        if not self._broker.tls:
            return None
        if self._tls is None:
            self._tls = self._the_authority().server(self._reachable())
        return self._tls

    def hub_certificate(self) -> Client | None:
        """What the hub itself shows the broker, in PEM, where the settings ask for TLS."""
        return self._the_authority().client(self.folder / "tls", HUB_USER).pem if self._broker.tls else None

    def write_boards(self, data: Path | None = None, version: str = "") -> dict[str, Path]:
        """Device → its board.json in ``boards/`` (0600), written where it changed, with TLS its certificate and key
        beside it; and ``site.json``, the building's names and places. Files of devices that the site no longer has are
        removed: they hold keys.

        ``data``: the folder above the devices' outboxes, ``devices/`` of the hub's folder unless told; ``version``: of
        the firmware, by default this one's.
        """
        data = data or self.folder / "devices"
        version = version or metadata.version("hallhub")
        private_folder(self.boards_folder)
        kept = set()
        written = {}
        for device in self._plan.devices:
            path = self.board_path(device.id)
            key = self.password(device.id)
            broker = self._broker_for(device)
            board = boards.board(self._plan, device, broker, key, str(data / device.id), version)
            _write_changed(path, {**board, "update_key": self._update_key})
            written[device.id] = path
            files = Client.of(self.boards_folder, device.id)
            kept |= {path, *files, *files.pem}
        for pattern in ("*.json", "*.der", "*.pem"):
            for path in set(self.boards_folder.glob(pattern)) - kept:
                path.unlink()
        _write_changed(self.folder / "site.json", boards.signs(self._plan))
        return written

    def _broker_for(self, device: Device) -> dict[str, object]:
        """Where the broker is, and with TLS how to check it and what to show it."""
        broker = {"host": self._reachable(), "port": self._broker.port, "tls": self._broker.tls, "ca": ""}
        if self._broker.tls:
            authority = self._the_authority()
            files = authority.client(self.boards_folder, device.id)
            broker.update(ca=str(authority.ca_der), certificate=str(files.certificate), key=str(files.key))
        return broker

    def _the_authority(self) -> Authority:
        if self._authority is None:
            self._authority = Authority(self.folder / "tls", self._plan.id)
        return self._authority

    def _reachable(self) -> str:
        """The host that devices connect to, and that the certificate names."""
        host = self._broker.host
        try:
            is_everywhere = ipaddress.ip_address(host).is_unspecified
        except ValueError:
            is_everywhere = False
        if is_everywhere:
            raise ProvisionFault(
                f"broker host {host} is no address that a device could connect to; "
                "set it to this machine's address in the building's network"
            )
        return host


def _write_changed(path: Path, content: dict[str, object]) -> None:
    """Not waited for: it can be made again at any time from the site and the keys."""
    body = msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"
    if not path.exists() or path.read_bytes() != body:
        write_private(path, body, is_durable=False)
