"""Labels and wiring pictures: what they say, and that they are as the code draws them."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from tools import wiring
from tools.flashing import label
from tools.flashing.board import Facts
from tools.flashing.outcome import Outcome

LONG = Outcome(
    port="-",
    device="help-" + "x" * 43,
    kind="help_button",
    hall="hukou",
    place="三楼" * 40,
    mac="24:6f:28:00:01:01",
    version="0.1.0",
)


@pytest.mark.parametrize(
    ("chip", "number", "mac"),
    [
        ("esp32", "246f28000101", "24:6f:28:00:01:04"),
        ("esp32s3", "f412fa5566ff", "f4:12:fa:55:67:02"),
        ("rp2350", "e6614103e7452f2a", "02:af:57:31:61:9a"),
        ("rp2350", "ffffffffffffffff", "02:ff:ff:ff:ff:fe"),
        ("virtual", "246f28000101", "24:6f:28:00:01:01"),
        ("samd51", "0011", ""),
    ],
)
def test_the_address_is_the_one_that_the_network_sees(chip: str, number: str, mac: str) -> None:
    """Of an RP2350 it is worked out here by hand: 2a 2f → af, 45 e7 → 57, 03 41 → 31, 61, e6 · 4 + 2 → 9a."""
    assert Facts(chip, "", "1.29.0", 6, number).mac == mac


def test_the_code_of_a_label_tells_id_kind_hall_and_mac() -> None:
    assert json.loads(label.qr_text(LONG)) == {
        "id": LONG.device,
        "kind": "help_button",
        "hall": "hukou",
        "mac": "24:6f:28:00:01:01",
    }


NAMES = ("help-1", "hukou-amp-1", LONG.device)


@pytest.mark.parametrize("look", ["as drawn", "as printed and photographed"])
@pytest.mark.parametrize("device", NAMES, ids=["short", "usual", "longest"])
def test_a_phone_reads_from_the_label_what_it_should_tell(device: str, look: str, tmp_path: Path) -> None:
    outcome = replace(LONG, device=device, hall="户籍" if device == "help-1" else "hukou")
    with Image.open(label.save(outcome, "户籍服务厅", tmp_path)) as page:
        seen = page.convert("L")
    if look != "as drawn":  # askew, blurred, grey
        paper = Image.new("L", (900, 500), 205)
        paper.paste(seen.point(lambda value: 40 + value * 165 // 255), (90, 90))
        seen = paper.rotate(9, Image.Resampling.BICUBIC, fillcolor=205).filter(ImageFilter.GaussianBlur(1.2))
    (code,) = zxingcpp.read_barcodes(seen)
    assert code.format == zxingcpp.BarcodeFormat.QRCode
    assert json.loads(code.text) == json.loads(label.qr_text(outcome))
    assert json.loads(code.text)["id"] == device


@pytest.mark.parametrize("language", ["zh", "en"])
def test_even_the_longest_label_keeps_text_code_and_edge_apart(language: str, tmp_path: Path) -> None:
    path = label.save(LONG, "户籍服务厅", tmp_path, language)
    with Image.open(path) as page:
        assert page.size == (label.WIDTH_PX, label.HEIGHT_PX)
        ink = ImageChops.invert(page.convert("L"))
    left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
    assert left >= label.EDGE_PX - 2
    assert right <= label.WIDTH_PX - label.EDGE_PX
    assert 0 < top < bottom < label.HEIGHT_PX
    columns = [ink.crop((x, 0, x + 1, label.HEIGHT_PX)).getbbox() is None for x in range(label.WIDTH_PX)]
    gap = max(len(run) for run in "".join(" x"[not empty] for empty in columns[40:-40]).split("x"))
    assert gap >= 8  # between text and code


# The wiring pictures

DRAWINGS = {name: drawing() for name, drawing in wiring.PICTURES.items()}


@pytest.mark.parametrize("name", wiring.PICTURES)
def test_the_wiring_pictures_are_those_of_the_profile(name: str) -> None:
    fresh = wiring.draw(DRAWINGS[name]).image
    with Image.open(wiring.FOLDER / f"{name}.png") as kept:
        assert kept.size == fresh.size
        assert ImageChops.difference(kept.convert("RGB"), fresh).getbbox() is None


@pytest.mark.parametrize("name", wiring.PICTURES)
def test_every_text_of_a_wiring_picture_is_apart_from_the_others_inside_its_box(name: str) -> None:
    texts = wiring.draw(DRAWINGS[name]).texts
    for at, (box, text, (left, top, right, bottom)) in enumerate(texts):
        x0, y0, x1, y1 = DRAWINGS[name].boxes[box].area
        assert x0 + 4 < left < right < x1 - 4, text
        assert y0 + 4 < top < bottom < y1 - 4, text
        for _, other, (l2, t2, r2, b2) in texts[:at]:
            assert right < l2 or r2 < left or bottom < t2 or b2 < top, (text, other)
    for language in (r"[\u4e00-\u9fff]", "[a-z]{4}"):
        for key in set(DRAWINGS[name].boxes) - {"board"}:
            assert any(re.search(language, text) for box, text, _ in texts if box == key), (key, language)


def conductors(drawing: wiring.Drawing, *, without: str = "", is_thick: bool = False) -> list[set[tuple[str, str]]]:
    """Sets of terminals that are joined by wires; a box joins its terminals of one name."""
    found: list[set[tuple[str, str]]] = []
    for wire in drawing.wires:
        ends = {(end.box, end.terminal) for end in (wire.start, wire.end)}
        if without in {box for box, _ in ends} or (is_thick and not wire.is_thick):
            continue
        for other in [other for other in found if other & ends]:
            found.remove(other)
            ends |= other
        found.append(ends)
    return found


def test_the_amperes_of_a_strip_go_to_its_supply_and_never_through_the_board() -> None:
    drawing = DRAWINGS["wiring_strip"]
    power = [{("supply", "V+"), ("strip", "5 V")}, {("supply", "V−"), ("strip", "GND")}]
    assert conductors(drawing, is_thick=True) == power
    ours = [wire for wire in drawing.wires if "board" in (wire.start.box, wire.end.box)]
    assert not any(wire.is_thick for wire in ours)
    assert sorted(wire.start.terminal for wire in ours) == ["GND", "GPIO32", "GPIO33"]
    (ground,) = [joined for joined in conductors(drawing) if ("board", "GND") in joined]
    assert ground == {("board", "GND"), ("shifter", "GND"), ("supply", "V−"), ("strip", "GND")}


def test_clock_and_data_of_a_strip_go_through_the_level_shifter_which_has_5_volts() -> None:
    drawing = DRAWINGS["wiring_strip"]
    joined = conductors(drawing)
    assert {("shifter", "VCC"), ("supply", "V+"), ("strip", "5 V")} in joined
    for number, pin, name in ((1, "GPIO32", "CI 时钟 clock"), (2, "GPIO33", "DI 数据 data")):
        assert {("board", pin), ("shifter", f"A{number}")} in joined
        assert {("shifter", f"Y{number}"), ("strip", name)} in joined


@pytest.mark.parametrize(
    ("name", "part", "supply"), [("wiring_help_button", "lamp", "VCC"), ("wiring_amplifier", "amplifier", "VIN")]
)
def test_a_part_that_the_board_feeds_has_5_volts_and_ground_of_it(name: str, part: str, supply: str) -> None:
    joined = conductors(DRAWINGS[name])
    assert {("board", "5 V"), (part, supply)} in joined
    (ground,) = [terminals for terminals in joined if ("board", "GND") in terminals]
    assert (part, "GND") in ground
    assert not any({("board", "5 V"), ("board", "GND")} <= terminals for terminals in joined)
