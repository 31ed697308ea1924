"""The hub's own folder of keys, certificates and board files, for one site."""

import ipaddress
from importlib import metadata
from pathlib import Path

import msgspec

from hub import config
from hub.broker.accounts import HUB_USER
from hub.broker.settings import Tls
from hub.engine.plan import Plan
from hub.private_file import private_folder, write_private
from hub.provision import boards
from hub.provision.certificates import Authority
from hub.provision.keys import Keys, ProvisionFault


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
        self._keys = Keys(self.folder)
        self._keys.ensure([HUB_USER, *(device.id for device in plan.devices)])
        self.admin_token()

    def password(self, user: str) -> str:
        """The key of a device, or of the hub (`HUB_USER`)."""
        return self._keys.key(user)

    def forget(self, device: str) -> None:
        """Its key stops being one, as soon as the broker is told the accounts again; the next one is new."""
        self._keys.forget(device)

    def admin_token(self) -> str:
        """What the CLI shows the API; in ``admin.token``."""
        return self._keys.admin_token()

    def tls(self) -> Tls | None:
        """The broker's certificate, where the settings ask for TLS."""
        if not self._broker.tls:
            return None
        if self._tls is None:
            self._tls = self._authority().server(self._reachable())
        return self._tls

    def write_boards(self, data: Path | None = None, version: str = "") -> dict[str, Path]:
        """Device → its board.json in ``boards/`` (0600), written where it changed; and ``site.json``, the building's
        names and places. Boards of devices that the site no longer has are removed: they hold keys.

        ``data``: the folder above the devices' outboxes, ``devices/`` of the hub's folder unless told; ``version``: of
        the firmware, by default this one's.
        """
        data = data or self.folder / "devices"
        version = version or metadata.version("hallhub")
        tls = self.tls()
        broker = {
            "host": self._reachable(),
            "port": self._broker.port,
            "tls": tls is not None,
            "ca": str(self._authority().ca_der) if tls else "",
        }
        private_folder(self.boards_folder)
        written = {}
        for device in self._plan.devices:
            path = self.boards_folder / f"{device.id}.json"
            key = self.password(device.id)
            _write_changed(path, boards.board(self._plan, device, broker, key, str(data / device.id), version))
            written[device.id] = path
        for path in set(self.boards_folder.glob("*.json")) - set(written.values()):
            path.unlink()
        _write_changed(self.folder / "site.json", boards.signs(self._plan))
        return written

    def _authority(self) -> Authority:
        return Authority(self.folder / "tls", self._plan.id)

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
