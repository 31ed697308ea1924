"""hub.toml: what is saved is read again; what is wrong is named with file and key, and what to do."""

import stat
from pathlib import Path

import pytest

from hub import config
from hub.config import ApiSettings, BrokerSettings, Config, ConfigError, PlatformSettings, load, save

ODD = Config(
    site='/srv/厅 "quoted"\\back\n.toml',
    broker=BrokerSettings(kind="mosquitto", host="10.0.0.5", port=8883, tls=True),
    api=ApiSettings(port=1),
    platform=PlatformSettings(url="https://城.example/api?a=1&b=2", token_file="/etc/hall hub/token"),
)


@pytest.mark.parametrize("settings", [Config(), ODD])
def test_what_is_saved_is_read_again(tmp_path: Path, settings: Config) -> None:
    save(tmp_path, settings)
    assert load(tmp_path) == settings
    assert stat.S_IMODE((tmp_path / config.FILE).stat().st_mode) == 0o600


def test_saving_again_leaves_nothing_of_the_old(tmp_path: Path) -> None:
    save(tmp_path, ODD)
    (tmp_path / config.FILE).chmod(0o644)
    save(tmp_path, Config())
    assert load(tmp_path) == Config()
    assert stat.S_IMODE((tmp_path / config.FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [config.FILE]


def test_without_a_file_the_defaults_are_safe(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings == Config()
    assert (settings.broker.host, settings.api.host, settings.platform.url) == ("127.0.0.1", "127.0.0.1", "")


def test_what_is_left_out_is_the_default(tmp_path: Path) -> None:
    (tmp_path / config.FILE).write_text("[broker]\nport = 18830\n")
    assert load(tmp_path) == Config(broker=BrokerSettings(port=18830))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site = 7", "$.site"),
        ("sight = 'doumen'", "sight"),
        ("[broker]\nport = '1883'", "$.broker.port"),
        ("[broker]\nport = 0", "$.broker.port"),
        ("[api]\nport = 65536", "$.api.port"),
        ("[broker]\nkind = 'emqx'", "$.broker.kind"),
        ("[broker]\ntls = 'yes'", "$.broker.tls"),
        ("[platform]\ntoken = 'x'", "token"),
        ("site = \n[api]", "line 1"),
        ("broker = 'nats'", "$.broker"),
        (b"site = '\xff'", "utf-8"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = tmp_path / config.FILE
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert said in message
    assert "mend the file" in message
    assert "\n" not in message


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / config.FILE).mkdir()
    with pytest.raises(ConfigError, match=r"hub\.toml: Is a directory; .*may you read it"):
        load(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"is .*file the hub's folder"):
        load(tmp_path / "file")


def test_the_apis_address_is_a_url() -> None:
    assert ApiSettings().url == "http://127.0.0.1:8780"
    assert ApiSettings(host="::1", port=9).url == "http://[::1]:9"
