"""The Doumen building: site.toml is what the tables say, complete, and says so readably."""

import csv
from collections import Counter

import pytest

from hub.engine.plan import Plan
from hub.site_file import check, load
from hub.sites import find
from tools.build_site import DOUMEN, MODULES, build, load_tables


@pytest.fixture(scope="module")
def doumen() -> Plan:
    return load(find("doumen"))


def test_site_toml_is_what_the_tables_make():
    made = build(load_tables())
    assert (DOUMEN / "site.toml").read_text(encoding="utf-8") == made, "run: python -m tools.build_site"


def test_totals_are_those_of_the_tender(doumen):
    kinds = Counter(device.kind for device in doumen.devices)
    assert kinds == {
        "ticket_kiosk": 11,
        "call_terminal": 111,
        "evaluation_terminal": 111,
        "hall_display": 32,
        "window_strip": 13,
        "publicity_strip": 1,
        "amplifier": 10,
        "help_button": 22,
    }
    assert len(doumen.halls) == 12
    assert len(doumen.windows) == 111


def test_every_row_of_the_device_table_is_in_the_site(doumen):
    hall_of = {hall.name: hall.id for hall in doumen.halls}
    with (DOUMEN / "tables" / "hall_devices.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["hall"] in hall_of]
    counted = ("ticket_kiosk", "hall_display", "amplifier", "window_strip", "call_terminal", "evaluation_terminal")
    for row in rows:
        if row["kind"] in counted:
            devices = doumen.devices_of_hall.get((hall_of[row["hall"]], row["kind"]), ())
            assert len(devices) == int(row["quantity"]), row


def test_windows_count_from_one_in_each_hall_and_have_their_terminals(doumen):
    for hall in doumen.halls:
        numbers = [window.number for window in doumen.windows if window.hall == hall.id]
        assert numbers == list(range(1, len(numbers) + 1))
    for window in doumen.windows:
        assert doumen.device[window.call_terminal].kind == "call_terminal"
        assert doumen.device[window.evaluation_terminal].kind == "evaluation_terminal"
    assert doumen.window["hukou-w03"].call_terminal == "hukou-call-03"


def test_every_hall_with_windows_has_a_window_for_everything(doumen):
    for hall in doumen.halls:
        own = [window for window in doumen.windows if window.hall == hall.id]
        services = {service.id for service in doumen.services_of_hall[hall.id]}
        assert not own or any(set(window.services) == services for window in own)


def test_each_service_is_served_and_preferred_by_several_windows(doumen):
    for service in doumen.services:
        windows = doumen.windows_of_service[service.id]
        assert len(windows) >= 3
        assert any(window.services[0] == service.id for window in windows)
        assert {window.hall for window in windows} == {service.hall}


def test_prefixes_are_the_letter_of_the_hall_and_of_the_service(doumen):
    assert [service.prefix for service in doumen.services_of_hall["hukou"]] == ["FA", "FB", "FC", "FD", "FE", "FF"]
    assert all(3 <= len(services) <= 6 for hall, services in doumen.services_of_hall.items() if hall != "jinrong")


def test_regions_tile_each_strip_exactly(doumen):
    strips = [device for device in doumen.devices if device.regions]
    assert len(strips) == 14
    for strip in strips:
        assert strip.height_px == 128
        end = 0
        for region in strip.regions:
            assert region.x == end
            assert region.x % 4 == 0
            end = region.x + region.width
        assert end == strip.width_px
        assert strip.width_px * 3 <= strip.length_m * 1000, "longer than its fascia"


def test_every_window_has_one_region_on_its_halls_strip(doumen):
    for window in doumen.windows:
        ((strip, number),) = doumen.regions_of_window[window.id]
        assert strip.hall == window.hall
        assert number == window.number - 1


def test_the_long_strip_of_hukou_carries_all_26_windows_and_the_short_one_its_name(doumen):
    long, short = doumen.device["hukou-strip-1"], doumen.device["hukou-strip-2"]
    assert (long.length_m, long.width_px, len(long.regions)) == (44.45, 14784, 26)
    assert (short.length_m, short.width_px) == (3.465, 1152)
    assert [region.text for region in short.regions] == ["户籍服务厅"]


def test_two_halls_hear_their_neighbours_amplifier(doumen):
    assert doumen.channel["gongjian-1"].halls == ("gongjian-1", "gongjian-2")
    assert doumen.channel["churujing"].halls == ("churujing", "hukou")
    assert doumen.hall["hukou"].channel == "churujing"
    assert len(doumen.channels) == 10


def test_the_finance_centre_has_displays_and_sound_only(doumen):
    kinds = Counter(device.kind for device in doumen.devices if device.hall == "jinrong")
    assert kinds == {"hall_display": 3, "amplifier": 1}
    assert doumen.hall["jinrong"].channel == "jinrong"


def test_floors_are_those_of_the_network_points(doumen):
    floors = {hall.id: hall.floor for hall in doumen.halls}
    assert [hall for hall, floor in floors.items() if floor == 1] == ["sifa", "gongjian-1", "gongjian-2", "shichang"]
    assert [hall for hall, floor in floors.items() if floor == 2] == ["churujing", "hukou", "renshe"]
    assert [hall for hall, floor in floors.items() if floor == 3] == [
        "shebao", "gongjijin", "budongchan", "shuiwu",
    ]  # fmt: skip


def test_help_buttons_hang_where_the_tender_says(doumen):
    buttons = [device for device in doumen.devices if device.kind == "help_button"]
    rooms = Counter(button.id.split("-")[2] for button in buttons)
    assert rooms == {"nursing": 1, "mediation": 2, "lift": 10, "desk": 9}
    for floor in range(1, 10):
        own = [button for button in buttons if button.floor == floor]
        assert sum("一键报警" in button.place for button in own) == 1
        assert any("电梯厅" in button.place for button in own)
    assert doumen.device["help-2f-nursing-1"].place == "母婴室"


def test_nothing_in_doumen_is_doubtful_and_its_decisions_are_told():
    checked = check(find("doumen"))
    assert checked.warnings == ()
    assert {decision.change for decision in checked.decisions} >= {"broadcast.channels", "halls.strips.width_px"}


def test_p4_modules_give_strips_of_96_pixels(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(build(load_tables(), MODULES["P4"]), encoding="utf-8")
    strip = load(file).device["hukou-strip-1"]
    assert (strip.width_px, strip.height_px) == (44450 // 256 * 64, 96)
    assert strip.regions[-1].x + strip.regions[-1].width == strip.width_px


def test_unequal_terminals_in_the_table_are_refused():
    tables = load_tables()
    wrong = [dict(row) for row in tables.devices]
    next(row for row in wrong if row["kind"] == "call_terminal")["quantity"] = "6"
    with pytest.raises(SystemExit, match="equally many"):
        build(tables._replace(devices=wrong))
