"""Every profile that comes with the product is right; every way to be wrong is told, with what would be right."""

import copy
import hashlib
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import board_profiles
from board_profiles import FOLDER, ProfileError, load, load_file, names
from board_profiles.chips import CHIPS
from board_profiles.drivers import DRIVERS
from firmware.kinds import KINDS
from firmware.main import role_class
from firmware.words import WORDS

PAIRS = [(name, kind) for name in names() for kind in load(name).kinds]


def toml(value: Any) -> str:
    """A tree as TOML, as far as profiles need it."""
    lines: list[str] = []

    def table(tree: dict[str, Any], path: str) -> None:
        for key, item in tree.items():
            if not isinstance(item, dict):
                lines.append(f"{key} = {plain(item)}")
        for key, item in tree.items():
            if isinstance(item, dict):
                inner = f"{path}.{key}" if path else key
                lines.append(f"[{inner}]")
                table(item, inner)

    table(value, "")
    return "\n".join(lines)


def plain(item: Any) -> str:
    if isinstance(item, bool):
        return str(item).lower()
    return repr(item).replace("'", '"') if isinstance(item, str | list) else str(item)


def variant(tmp_path: Path, name: str, changes: dict[str, Any]) -> list[str]:
    """The faults of a profile with ``changes`` (dotted key → value, None takes it away); empty when it is right."""
    tree = copy.deepcopy(tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))
    for key, value in changes.items():
        *path, last = key.split(".")
        at = tree
        for step in path:
            at = at.setdefault(step, {})
        if value is None:
            del at[last]
        else:
            at[last] = value
    (tmp_path / f"{name}.toml").write_text(toml(tree), encoding="utf-8")
    try:
        load_file(tmp_path / f"{name}.toml", language="en")
    except ProfileError as error:
        return error.lines
    return []


def test_the_boards_that_the_product_knows() -> None:
    assert set(names()) >= {
        "esp32_s3_eth",
        "esp32_poe",
        "w5500_evb_pico2",
        "linux_kiosk_x86_64",
        "linux_kiosk_arm64",
        "linux_terminal_arm64",
        "virtual",
    }
    assert {kind for _, kind in PAIRS} == set(KINDS), "some kind has no board"


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_the_device_tree_of_every_profile_and_kind(name: str, kind: str) -> None:
    profile = load(name)
    tree = profile.device_tree(kind)
    assert set(KINDS[kind].parts) <= set(tree["parts"]) <= set(KINDS[kind].parts + KINDS[kind].options)
    for fitted in [tree["network"], *tree["parts"].values()]:
        assert "bus" not in fitted or fitted["bus"] in tree["buses"]
        assert profile.chip.port in DRIVERS[fitted["driver"]].ports
    named = {fitted.get("bus") for fitted in [tree["network"], *tree["parts"].values()]}
    assert set(tree["buses"]) == named - {None}, "the board is told of a bus that nothing uses"


HAVE_NO_LED = {"esp32_poe", "linux_kiosk_arm64", "linux_kiosk_x86_64", "linux_terminal_arm64"}
HAVE_NO_WATCHDOG = {"linux_kiosk_arm64", "linux_kiosk_x86_64", "linux_terminal_arm64"}


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_a_board_is_told_of_its_led_and_its_watchdog(name: str, kind: str) -> None:
    written = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert ("led" in written) == (name not in HAVE_NO_LED)
    assert ("watchdog" in written) == (name not in HAVE_NO_WATCHDOG)
    tree = load(name).device_tree(kind)
    assert tree.get("watchdog_ms") == written.get("watchdog", {}).get("timeout_ms")
    told = {key: tree.get("led", {}).get(key) for key in written.get("led", {})}
    assert told == written.get("led", {})
    assert ("led" in tree) == ("led" in written)


def test_the_page_says_which_boards_lack_an_led_a_watchdog_or_a_heap() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    said = page.split("## What a board may lack", 1)[1].split("\n## ", 1)[0]
    for name in HAVE_NO_LED | HAVE_NO_WATCHDOG:
        assert f"`{name}`" in said


@pytest.mark.parametrize("name", names())
def test_a_board_is_what_its_sort_must_be(name: str) -> None:
    profile = load(name)
    assert profile.sources
    if profile.chip.port in ("esp32", "rp2"):
        assert profile.image is not None
        assert not profile.image.file, "images are the operator's"
        assert profile.watchdog is not None
        assert all(kind.heap_kb for kind in profile.kinds.values())
    for kind, fit in profile.kinds.items():
        if profile.is_micropython:
            assert fit.heap_kb == {"help_button": 64, "window_terminal": 224}.get(kind, 160)


BUTTON, LAMP = "kinds.help_button.parts.button", "kinds.help_button.parts.lamp"
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    # board, what is changed, the key that is named, what the line says
    ("esp32_poe", {f"{LAMP}.pin": 32}, f"{LAMP}.pin", "GPIO32 is used by kinds.help_button.parts.button.pin"),
    ("esp32_poe", {f"{LAMP}.pin": 24}, f"{LAMP}.pin", "esp32 has no GPIO24"),
    ("esp32_poe", {f"{LAMP}.pin": 36}, f"{LAMP}.pin", "GPIO36 is an input only; free pins: 4, 13, 16, 32, 33, 36"),
    ("esp32_poe", {f"{BUTTON}.pin": 36}, f"{BUTTON}.pin", "no pull resistors"),
    (
        "esp32_poe",
        {BUTTON: {"driver": "button_loop", "pin": 4}},
        f"{BUTTON}.pin",
        "GPIO4 cannot measure a voltage; pins that can: 32, 33, 36",
    ),
    (
        "esp32_poe",
        {BUTTON: {"driver": "button_loop", "pin": 36, "case": 36}},
        f"{BUTTON}.case",
        "GPIO36 is an input only",
    ),
    ("virtual", {f"{BUTTON}.driver": "button_loop", f"{BUTTON}.open_from": 1000}, "open_from", "1 to 999 permille"),
    ("esp32_poe", {f"{LAMP}.pin": 6}, f"{LAMP}.pin", "the chip's flash is on it"),
    ("esp32_poe", {f"{LAMP}.pin": 1}, f"{LAMP}.pin", "the serial console is on it"),
    ("esp32_poe", {f"{LAMP}.pin": 5}, f"{LAMP}.pin", "at power-on it decides how the chip starts"),
    ("esp32_poe", {f"{LAMP}.pin": 25}, f"{LAMP}.pin", "GPIO25 is not on a connector, or the board uses it"),
    ("esp32_poe", {"psram": "quad"}, "network.clock", "the PSRAM is on it"),
    ("esp32_poe", {"free": [32, 33, 25]}, "free", "GPIO25 is used by network.rxd0"),
    ("esp32_poe", {"free": [32, 33, 12]}, "free", "GPIO12 cannot be used"),
    ("esp32_poe", {"buses.sound.id": 2}, "buses.sound.id", "the chip has no i2s 2; possible numbers: 0, 1"),
    ("esp32_poe", {"kinds.amplifier.data_kb": 1900}, "kinds.amplifier.data_kb", "1536 kB are left"),
    ("esp32_poe", {"kinds.amplifier.heap_kb": 201}, "kinds.amplifier.heap_kb", "the budget is at most 200 kB"),
    (
        "virtual",
        {f"{BUTTON}.driver": "button_loop", "kinds.help_button.heap_kb": 63},
        "kinds.help_button.heap_kb",
        "a help_button with button_loop, lamp_pin needs 64 kB of heap (64-bit words), the budget is 63 kB; write 64",
    ),
    (
        "esp32_poe",
        {"heap.board_kb": 55},
        "heap.board_kb",
        "an update of a help_button over the air needs a board with 56 kB of heap, this one has 55 kB; take another",
    ),
    ("esp32_poe", {"watchdog.timeout_ms": 500}, "watchdog.timeout_ms", "takes 1000 to 3600000 ms"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 35}, f"{LAMP}.pin", "the PSRAM is on it"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 22}, f"{LAMP}.pin", "esp32s3 has no GPIO22"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 20}, f"{LAMP}.pin", "USB is on it"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 14}, f"{LAMP}.pin", "not on a connector"),
    ("esp32_s3_eth", {"led.pin": 14}, "led.pin", "GPIO14 is used by network.cs"),
    ("esp32_s3_eth", {"network.bus": "sound"}, "network.bus", "no spi bus named sound"),
    ("esp32_s3_eth", {"buses.ethernet": None}, "network.bus", "no spi bus named ethernet; there are: pixels"),
    ("esp32_s3_eth", {"network.driver": "wiznet"}, "network.driver", "does not run on esp32s3, only on: rp2"),
    ("esp32_s3_eth", {"image": None}, "image", "must have this table"),
    ("w5500_evb_pico2", {"buses.pixels.sck": 12}, "buses.pixels.sck", "spi1 sck does not reach GPIO12"),
    ("w5500_evb_pico2", {"buses.pixels.id": 2}, "buses.pixels.id", "the chip has no spi 2"),
    ("w5500_evb_pico2", {"buses.s": {"driver": "i2s", "id": 0, "sck": 2, "ws": 4, "sd": 5}}, "buses.s.ws", "GPIO3"),
    ("w5500_evb_pico2", {f"{LAMP}.pin": 30}, f"{LAMP}.pin", "rp2350 has no GPIO30"),
    ("w5500_evb_pico2", {"watchdog.timeout_ms": 20000}, "watchdog.timeout_ms", "takes 1 to 16777 ms"),
    ("w5500_evb_pico2", {"network.driver": "lan_w5500"}, "network.driver", "does not run on rp2350, only on: esp32"),
    ("virtual", {f"{LAMP}.driver": "lava_lamp"}, f"{LAMP}.driver", "no driver 'lava_lamp'"),
    ("virtual", {f"{LAMP}.driver": "button_pin"}, f"{LAMP}.driver", "cannot serve as lamp"),
    ("virtual", {f"{LAMP}.driver": "spi"}, f"{LAMP}.driver", "does not belong here; possible here: button_loop"),
    ("virtual", {LAMP: None}, "kinds.help_button.parts", "the part lamp of a help_button is missing"),
    ("virtual", {"kinds.help_button.parts.horn": {"driver": "lamp_pin", "pin": 2}}, "horn", "it has: button, lamp"),
    ("virtual", {"kinds.help_buton": {"parts": {}}}, "kinds.help_buton", "nearest: help_button"),
    ("virtual", {f"{BUTTON}.pul": "up"}, f"{BUTTON}.pul", "nearest: pull"),
    (
        "virtual",
        {f"{BUTTON}.pull": "sideways"},
        f"{BUTTON}.pull",
        "cannot be 'sideways'; it should be up, down or none",
    ),
    ("virtual", {f"{BUTTON}.pin": "D4"}, f"{BUTTON}.pin", "a GPIO number of the chip"),
    ("virtual", {f"{BUTTON}.pin": None}, BUTTON, "pin is missing"),
    ("virtual", {"chip": "z80"}, "chip", "no chip 'z80'"),
    ("virtual", {"kinds.amplifier.heap_kb": None}, "kinds.amplifier", "heap_kb is missing"),
    ("virtual", {"files.system": "fat"}, "files.system", "littlefs or host"),
    ("virtual", {"network": 5}, "network", "should be a table, is 5"),
    ("linux_kiosk_x86_64", {"watchdog": {"timeout_ms": 5000}}, "watchdog", "has no hardware watchdog here"),
    ("linux_kiosk_x86_64", {"kinds.ticket_kiosk.parts.printer.device": "/dev/fb0"}, "device", "/dev/fb0 is used by"),
    ("linux_kiosk_x86_64", {"kinds.ticket_kiosk.parts.printer.device": "lp0"}, "device", "a device file under /dev"),
    ("linux_terminal_arm64", {"network.driver": "lan_rmii"}, "network", "phy is missing"),
]


@pytest.mark.parametrize(("name", "changes", "key", "said"), WRONG)
def test_what_is_wrong_is_named_with_its_key(
    name: str, changes: dict[str, Any], key: str, said: str, tmp_path: Path
) -> None:
    lines = variant(tmp_path, name, changes)
    hits = [line for line in lines if said in line]
    assert hits, lines
    assert all(line.startswith(name + ".toml: ") for line in lines)
    assert all("\n" not in line for line in lines)
    assert any(key in line.split(": ")[1] for line in hits), lines


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    changes = {f"{LAMP}.pin": 36, f"{BUTTON}.hold_ms": -1, "watchdog.timeout_ms": 1, "buses.sound.ws": 77, "typo": 1}
    lines = variant(tmp_path, "esp32_poe", changes)
    for key in changes:
        assert any(f": {key}: " in line for line in lines), (key, lines)


def test_variants_are_wrong_because_of_their_change_only(tmp_path: Path) -> None:
    for name in names():
        assert variant(tmp_path, name, {}) == []


def test_every_chip_is_used_and_its_tables_agree() -> None:
    assert {load(name).chip.name for name in names()} == set(CHIPS)
    for chip in CHIPS.values():
        psram = {pin for pins in chip.held_by_psram.values() for pin in pins}
        assert (chip.input_only | chip.strapping | set(chip.held) | psram) <= chip.pins
        assert all(pins <= chip.pins for reach in chip.buses.values() for pins in reach.values())
        assert not set(chip.held) & chip.strapping


def test_the_faults_are_told_in_chinese_first(tmp_path: Path) -> None:
    path = tmp_path / "virtual.toml"
    path.write_text((FOLDER / "virtual.toml").read_text(encoding="utf-8").replace("pin = 1\n", "pin = 99\n"))
    with pytest.raises(ProfileError, match="没有 GPIO99"):
        load_file(path)
    for chip in CHIPS.values():
        for reason in {*chip.held.values(), "psram", "strapping"}:
            assert f"profile.pin.{reason}" in WORDS


def test_a_profile_that_is_not_there_or_no_toml(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"there are: .*esp32_poe"):
        load("esp8266", language="en")
    broken = tmp_path / "x.toml"
    broken.write_text("[[[", encoding="utf-8")
    with pytest.raises(ProfileError, match=r"x\.toml: not valid TOML"):
        load_file(broken, language="en")


def test_a_board_cannot_be_what_it_has_no_parts_for() -> None:
    with pytest.raises(ProfileError, match="cannot be a amplifier; it can be: help_button"):
        load("w5500_evb_pico2", language="en").device_tree("amplifier")


def test_the_operator_gives_the_image_in_an_overlay(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="fetch MicroPython's W5500_EVB_PICO2"):
        load("w5500_evb_pico2", tmp_path, "en").image_file()
    image = tmp_path / "images" / "pico2.uf2"
    overlay = tmp_path / "w5500_evb_pico2.toml"

    def given(digest: str) -> board_profiles.Profile:
        overlay.write_text(f'[image]\nfile = "images/pico2.uf2"\nsha256 = "{digest}"\n', encoding="utf-8")
        return load("w5500_evb_pico2", tmp_path, "en")

    with pytest.raises(ProfileError, match="no image file"):
        given("0" * 64).image_file()
    image.parent.mkdir()
    image.write_bytes(b"UF2\n...")
    with pytest.raises(ProfileError, match=r"image\.sha256: the SHA-256 of .* is [0-9a-f]{64}, not 0{64}"):
        given("0" * 64).image_file()
    assert given(hashlib.sha256(b"UF2\n...").hexdigest()).image_file() == image


def test_an_overlay_rewires_and_its_faults_name_its_own_file(tmp_path: Path) -> None:
    overlay = tmp_path / "esp32_poe.toml"
    overlay.write_text("[kinds.help_button.parts.lamp]\npin = 13\n", encoding="utf-8")
    assert load("esp32_poe", tmp_path).device_tree("help_button")["parts"]["lamp"]["pin"] == 13
    overlay.write_text("[kinds.help_button.parts.lamp]\npin = 34\n", encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load("esp32_poe", tmp_path, "en")
    assert caught.value.lines[0].startswith(f"{overlay}: kinds.help_button.parts.lamp.pin: GPIO34")


STRIP_OVERLAYS = {
    "linux_kiosk_arm64": 'driver = "panel_onbon"\nhost = "strip-card"\ncolours = 2\n',
    "linux_kiosk_x86_64": 'more_interfaces = ["leds1", "leds2"]\ncuts = [4939, 9878]\nflags = "0880"\n',
    "w5500_evb_pico2": (
        'driver = "panel_hub75"\nr1 = 0\ng1 = 1\nb1 = 2\nr2 = 3\ng2 = 4\nb2 = 5\n'
        "clk = 6\nlat = 7\noe = 8\na = 9\nb = 10\nc = 11\nd = 12\n"
    ),
}


@pytest.mark.parametrize("name", STRIP_OVERLAYS)
def test_an_overlay_chooses_another_sort_of_strip(name: str, tmp_path: Path) -> None:
    text = "[kinds.window_strip.parts.panel]\n" + STRIP_OVERLAYS[name]
    (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    row = load(name, tmp_path).device_tree("window_strip")["parts"]["panel"]
    told = tomllib.loads(STRIP_OVERLAYS[name])
    assert {key: row[key] for key in told} == told
    assert ("interface" in row) == (row["driver"] == "panel_colorlight")


def test_wires_of_a_panel_are_checked_like_all_others(tmp_path: Path) -> None:
    text = "[kinds.window_strip.parts.panel]\n" + STRIP_OVERLAYS["w5500_evb_pico2"].replace("d = 12", "d = 17")
    (tmp_path / "w5500_evb_pico2.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load("w5500_evb_pico2", tmp_path, "en")
    assert "kinds.window_strip.parts.panel.d" in caught.value.lines[0]


def test_two_parts_cannot_have_one_interface(tmp_path: Path) -> None:
    text = '[kinds.window_strip.parts.panel]\nmore_interfaces = ["leds0"]\n'
    (tmp_path / "linux_kiosk_arm64.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        load("linux_kiosk_arm64", tmp_path, "en")
    assert "leds0" in caught.value.lines[0]


def test_linux_computers_take_no_image() -> None:
    with pytest.raises(ProfileError, match="takes no image"):
        load("linux_kiosk_arm64", language="en").image_file()


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_every_board_of_every_kind_can_be_found_in_the_hall(name: str, kind: str) -> None:
    """By a part that its role names, or by an LED on the board."""
    found_by = re.findall(r'found_by = parts\["(\w+)"\]', inspect.getsource(inspect.getmodule(role_class(kind))))
    profile = load(name)
    assert [part for part in found_by if part in profile.kinds[kind].parts] or profile.led
