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
from board_profiles.row_rules import KEYS_OF_KIND
from firmware.kinds import KINDS
from firmware.main import role_class
from firmware.parts import keys
from firmware.words import WORDS
from tests.boards.wrong_profiles import BUTTON, LAMP, RIGHT, WRONG

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


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "keypad" in KINDS[kind].options])
def test_a_keypad_has_as_many_codes_as_there_are_words_for(kind: str) -> None:
    made = keys.make({"input": "/dev/input/none", "codes": []}, {"kind": kind})
    assert len(made.keys) == KEYS_OF_KIND[kind]


@pytest.mark.parametrize(("name", "changes"), RIGHT)
def test_what_is_right_is_not_refused(name: str, changes: dict[str, Any], tmp_path: Path) -> None:
    assert variant(tmp_path, name, changes) == []


def test_on_a_shared_bus_the_part_without_chip_select_is_the_fault(tmp_path: Path) -> None:
    lines = variant(tmp_path, "esp32_s3_eth", {"kinds.window_strip.parts.panel.bus": "ethernet"})
    assert [line.split(": ")[1] for line in lines] == ["kinds.window_strip.parts.panel.bus"]


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
