"""Which API to ask, and with which token: that of a hub's folder, or one elsewhere through a tunnel."""

import ipaddress
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from hub import config
from hub.private_file import is_private

TOKEN = re.compile(rb"[!-~]{1,256}")  # one word


class ReachFault(Exception):
    """``key`` says what is wrong, ``facts`` with what: ``settings`` (reason), ``url`` (url), ``token`` (file, reason),
    ``open_token`` (file) or ``not_token`` (file)."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


class Reach(NamedTuple):
    """``url`` is that of the API, without a slash at its end; ``file`` is where ``token`` was read."""

    url: str
    token: str
    file: Path

    @classmethod
    def of_folder(cls, folder: Path) -> "Reach":
        """The hub whose folder this is. Raises `ReachFault`."""
        try:
            url = config.load(folder).api.url
        except config.ConfigError as fault:
            raise ReachFault("settings", reason=fault) from None
        return cls(url, _token(folder / "admin.token"), folder / "admin.token")

    @classmethod
    def of_url(cls, url: str, file: Path) -> "Reach":
        """A hub elsewhere; ``file`` is a copy of its admin.token, for its owner only. Raises `ReachFault`.

        The token opens everything: in clear text it goes to this machine only, to the near end of a tunnel.
        """
        if not _is_safe(url):
            raise ReachFault("url", url=url)
        token = _token(file)
        if not is_private(file):
            raise ReachFault("open_token", file=file)
        return cls(url.rstrip("/"), token, file)


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.query or parts.fragment or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _token(path: Path) -> str:
    """What else a file may hold, such as a private key, is neither sent nor shown."""
    try:
        token = path.read_bytes().strip()
    except OSError as fault:
        raise ReachFault("token", file=path, reason=fault.strerror) from None
    if not TOKEN.fullmatch(token):
        raise ReachFault("not_token", file=path)
    return token.decode("ascii")
