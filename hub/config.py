"""How one hub is set up: the few things that are not the site. Kept in `hub.toml` in the hub's own folder."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hub.private_file import write_private

FILE = "hub.toml"

SIGNERS = ("none", "tif-sha256", "hmac-sha256", "sm2-sm4")
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``kind`` nats (comes with the hub) or mosquitto. Off the loopback addresses TLS is required."""

    kind: Literal["nats", "mosquitto"] = "nats"
    host: str = "127.0.0.1"
    port: Port = 1883
    tls: bool = False


class ApiSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Loopback only: the API speaks no TLS, and its token opens everything."""

    host: str = "127.0.0.1"
    port: Port = 8780

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"


class PlatformSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``url`` empty: nothing is sent on. Files with secrets have mode 0600.

    ``signer``: ``none`` sends the token of ``token_file``; the others take what ``secrets_file`` (TOML) says.
    ``mapping``: a bundled mapping's name or a file; '' is the neutral contract. ``requests_per_s`` 0: no limit.
    ``timeout_s``: patience with each step of a request (connection, a piece of the answer); thrice that with all of it.
    ``appointments``: whether it is asked for them; with ``callback_secret_file`` it may ring when there are new ones.
    """

    url: str = ""
    token_file: str = ""
    signer: Literal[SIGNERS] = "none"  # type: ignore[valid-type]
    secrets_file: str = ""
    mapping: str = ""
    requests_per_s: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 20.0
    timeout_s: Annotated[float, msgspec.Meta(ge=0.1, le=120)] = 10.0
    appointments: bool = False
    callback_secret_file: str = ""


class UpdateSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where devices fetch updates, on the broker's host. ``port`` 0: any that is free; opened by the first roll-out."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8781


class SpeechSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``clips``: the clip bank's folder; empty: ``bank`` in the hub's folder. ``port``: where amplifiers fetch clips.

    Without a bank amplifiers keep the clips that they have. ``port`` 0: any that is free.
    """

    clips: str = ""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8782


class MediaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where screens fetch pictures and films, on the broker's host. ``port`` 0: any that is free."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8784
    look_every_s: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 5.0


class AttendanceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where punch clocks report, on the broker's host: plain HTTP, for they know no other. ``port`` 0: any free one."""

    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8783


class VaultSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``keep_days``: how many days after they were last here people stay known; 0: until the day's turn.

    ``words_days``: how many days what people wrote stays, but for open cases.
    """

    keep_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 0
    words_days: Annotated[int, msgspec.Meta(ge=1, le=3660)] = 366


class EvaluationSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The page of tickets' codes, on loopback: ``url`` is where visitors reach it, through a gateway that adds TLS.

    ``url`` empty: there is no such page. ``port`` 0: any that is free.
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[A-Za-z0-9.:\[\]-]{1,60}(/[A-Za-z0-9_-]{1,20})?)?$")] = ""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8785


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``site`` is the name of a bundled site or the path of a site.toml."""

    site: str = "doumen"
    broker: BrokerSettings = BrokerSettings()
    api: ApiSettings = ApiSettings()
    platform: PlatformSettings = PlatformSettings()
    updates: UpdateSettings = UpdateSettings()
    speech: SpeechSettings = SpeechSettings()
    media: MediaSettings = MediaSettings()
    attendance: AttendanceSettings = AttendanceSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    vault: VaultSettings = VaultSettings()


class SetupError(Exception):
    """The hub cannot start; the words say what is wrong and what to do."""


class ConfigError(Exception):
    """One line that says which file and key are wrong, and what would be right."""


def load(folder: Path) -> Config:
    """The folder's `hub.toml`, or the defaults when there is none. Raises `ConfigError`."""
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8")
        return msgspec.convert(tomllib.loads(text), Config)
    except FileNotFoundError:
        return Config()
    except OSError as fault:
        raise ConfigError(f"{path}: {fault.strerror}; is {folder} the hub's folder, and may you read it?") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as fault:
        raise ConfigError(f"{path}: {fault}; mend the file, or delete it to start from the defaults") from None


def save(folder: Path, config: Config) -> None:
    """Writes `hub.toml`, readable by its owner only. Raises OSError."""
    lines = ["# How this hub is set up; `hallhub up` writes what it is told on the command line here.", ""]
    lines.append(f"site = {_quoted(config.site)}")
    for section in ("broker", "api", "platform", "updates", "speech", "media", "attendance", "evaluation", "vault"):
        lines += ["", f"[{section}]"]
        for key, value in msgspec.to_builtins(getattr(config, section)).items():
            lines.append(f"{key} = {_quoted(value)}")
    write_private(folder / FILE, ("\n".join(lines) + "\n").encode())


def _quoted(value: str | float | bool) -> str:
    """A TOML value: JSON's spelling of strings, numbers and booleans is TOML's too."""
    return msgspec.json.encode(value).decode()
