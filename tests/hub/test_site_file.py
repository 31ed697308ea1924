"""A site file that is wrong is refused with lines that say where, what, and what would be right; never a traceback."""

import copy
import datetime
import json
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.engine.plan import Hours, Plan, Settings
from hub.site_file import SiteError, check, load
from hub.site_file.shape import SettingsRow
from hub.sites import find

SMALL = """\
[site]
id = "small"
name = "小厅"

[settings]
recall_limit = 3

[[halls]]
id = "east"
name = "东厅"
floor = 1
services = [
  { id = "east-tax", prefix = "A", name = "办税" },
  { id = "east-card", prefix = "B", name = "办证" },
]
windows = [
  { id = "east-w01", number = 1, services = ["east-tax", "east-card"], call_terminal = "east-call-01" },
  { id = "east-w02", number = 2, services = ["east-card"], call_terminal = "east-call-02" },
]
devices = [
  { id = "east-kiosk-1", kind = "ticket_kiosk" },
  { id = "east-display-1", kind = "hall_display" },
  { id = "east-amp-1", kind = "amplifier" },
]

[[halls.strips]]
id = "east-strip-1"
kind = "window_strip"
length_m = 1.92
width_px = 640
height_px = 128
regions = [
  { x = 0, width = 320, window = "east-w01" },
  { x = 320, width = 320, window = "east-w02" },
]

[public]
devices = [
  { id = "help-1", kind = "help_button", floor = 1, place = "电梯厅" },
]

[broadcast]
channels = [
  { id = "east", amplifier = "east-amp-1", halls = ["east"] },
]
"""

# what is broken: (what is written, what is written instead, line, key, what the message must tell)
BROKEN = {
    "a hall that is not there": ('halls = ["east"]', 'halls = ["eats"]', 44, "broadcast.channels[east].halls", "east"),
    "a service that is not there": (
        'services = ["east-card"], call',
        'services = ["east-cart"], call',
        18,
        "halls[east].windows[east-w02].services",
        "there is: east-card",
    ),
    "a window that is not there": ('window = "east-w02"', 'window = "east-w2"', 34, "regions[2].window", "east-w02"),
    "an amplifier that is not there": ('amplifier = "east-amp-1"', 'amplifier = "amp"', 44, "amplifier", "east-amp-1"),
    "an amplifier that is a kiosk": ('amplifier = "east-amp-1"', 'amplifier = "east-kiosk-1"', 44, "", "east-amp-1"),
    "a kind that is not there": ('"ticket_kiosk"', '"ticket_kiosks"', 21, "kind", "ticket_kiosk"),
    "a terminal among the devices": ('"ticket_kiosk"', '"call_terminal"', 21, "kind", "declared by its window's row"),
    "a strip among the devices": ('"ticket_kiosk"', '"window_strip"', 21, "kind", "[[halls.strips]]"),
    "a display among the strips": ('kind = "window_strip"', 'kind = "hall_display"', 28, "kind", "window_strip"),
    "a display outside the halls": ('kind = "help_button"', 'kind = "hall_display"', 39, "kind", "[[halls]]"),
    "two services of one id": ('id = "east-card"', 'id = "east-tax"', 14, "services[east-tax].id", "choose another"),
    "two services of one prefix": ('prefix = "B"', 'prefix = "A"', 14, "prefix", "east-tax"),
    "two windows of one number": ("number = 2", "number = 1", 18, "number", "east-w01"),
    "two devices of one id": (
        '"east-amp-1", kind',
        '"help-1", kind',
        39,
        "public.devices[help-1].id",
        "devices[help-1]",
    ),
    "one terminal at two windows": ('"east-call-02"', '"east-call-01"', 18, "call_terminal", "windows[east-w01]"),
    "a service listed twice": ('["east-card"], call', '["east-card", "east-card"], call', 18, "services", "twice"),
    "a device called hub": ('"east-kiosk-1"', '"hub"', 21, "id", "reserved"),
    "an id in capitals": ('"east-kiosk-1"', '"East Kiosk"', 21, "id", "lower-case"),
    "a long prefix": ('prefix = "B"', 'prefix = "ABC"', 14, "prefix", "1 or 2 capital letters"),
    "a number in quotes": ("number = 2", 'number = "2"', 18, "number", "1 to 999"),
    "a text for a floor": ("floor = 1\nservices", 'floor = "一层"\nservices', 11, "floor", "whole number"),
    "a key that is misspelt": ("recall_limit = 3", "recal_limit = 3", 6, "settings.recal_limit", "recall_limit"),
    "a table that is misspelt": ("[public]", "[publics]", 37, "publics", "public"),
    "a key that is missing": ('id = "east-strip-1"\n', "", 26, "halls[east].strips[1]", "id is missing"),
    "a name that is missing": (', name = "办证"', "", 14, "services[east-card]", "name is missing"),
    "a region beyond the strip": ("x = 320, width = 320", "x = 320, width = 321", 34, "width", "at most 320"),
    "a region far beyond the strip": ("x = 320,", "x = 999,", 34, "width", "at most 0"),
    "regions that overlap": ("x = 320,", "x = 319,", 34, "x", "at least 320"),
    "a region of nothing": (', window = "east-w02"', "", 34, "regions[2]", "either window or text"),
    "a region of both": ('window = "east-w02"', 'window = "east-w02", text = "a"', 34, "", "either window or text"),
    "a strip without regions": (None, None, 32, "regions", "at least one"),
    "a hall without a channel": ('halls = ["east"]', 'halls = ["west"]', 9, "halls[east]", "broadcast.channels"),
    "a service without a window": ('["east-tax", "east-card"]', '["east-card"]', 13, "east-tax", "no window serves"),
    "an offset that no clock has": ("recall_limit = 3", "utc_offset_min = 841", 6, "utc_offset_min", "-720 to 840"),
    "a language nobody speaks": ("recall_limit = 3", 'call_languages = ["fr"]', 6, "call_languages", "cmn"),
    "a wording without its number": (
        "recall_limit = 3",
        'call_wording = "请到{window}"',
        6,
        "call_wording",
        "{number}",
    ),
    "a volume of too much": ('halls = ["east"] }', 'halls = ["east"], volume = 101 }', 44, "volume", "0 to 100"),
    "an hour that is none": (
        'halls = ["east"] }',
        'halls = ["east"], volumes = ["25:00 5"] }',
        44,
        "volumes",
        "12:00 60",
    ),
    "a group that is none": (
        'halls = ["east"] }',
        'halls = ["east"], multicast = "10.0.0.1:5000" }',
        44,
        "multicast",
        "224.",
    ),
    "a tune with a suffix": (
        'halls = ["east"] }',
        'halls = ["east"], music = ["a.wav"] }',
        44,
        "music",
        "without .wav",
    ),
    "a list for a table": ("[settings]\nrecall_limit = 3", "", 0, "settings", "a table is expected"),
    "a table for a list": ("[[halls]]", "[halls]", 8, "halls", "a list of tables"),
    "a length of nothing": ("length_m = 1.92", "length_m = nan", 29, "length_m", "metres"),
    "a date for a name": ('name = "小厅"', "name = 2026-11-22", 3, "site.name", "text"),
    "a name of two lines": ('name = "小厅"', 'name = "小\\n厅"', 3, "site.name", "one line"),
    "a section of noon": ("recall_limit = 3", '[hours]\nmonday = ["12:00"]', 7, "hours.monday", "09:00-12:00"),
    "sections out of order": (
        "recall_limit = 3",
        '[hours]\nfriday = ["14:00-17:00", "09:00-12:00"]',
        7,
        "hours.friday",
        "in order",
    ),
    "a section that ends before": (
        "recall_limit = 3",
        '[hours]\nworkdays = ["17:00-09:00"]',
        7,
        "workdays",
        "in order",
    ),
    "a holiday that no calendar has": (
        "recall_limit = 3",
        '[hours]\nholidays = ["2026-02-30"]',
        7,
        "holidays",
        "dates",
    ),
    "a holiday that is worked": (
        "recall_limit = 3",
        '[hours]\nholidays = [2026-10-01]\nextra_days = ["2026-10-01"]',
        8,
        "hours.extra_days",
        "2026-10-01 is both",
    ),
    "a hall's hours without the building's": (
        'name = "东厅"',
        'name = "东厅"\nhours = { monday = [] }',
        9,
        "halls[east].hours",
        "need the building's",
    ),
    "a service's hours with a calendar": (
        'name = "办税"',
        'name = "办税", hours = { holidays = [] }',
        13,
        "services[east-tax].hours.holidays",
        "no such key",
    ),
    "no hall at all": (SMALL[SMALL.index("[[halls]]") :], "", 0, "", "halls is missing"),
}


def broken(name: str) -> str:
    old, new, *_ = BROKEN[name]
    if name == "a strip without regions":
        start = SMALL.index("regions = [")
        return SMALL[:start] + "regions = []\n" + SMALL[SMALL.index("\n[public]") :]
    if name == "a list for a table":
        return "settings = []\n" + SMALL.replace(old, new)
    changed = SMALL.replace(old, new, 1)
    assert changed != SMALL, f"{name}: nothing was broken"
    return changed


def errors_of(tmp_path: Path, text: str | bytes, language: str = "en") -> list[str]:
    file = tmp_path / "site.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SiteError) as raised:
        load(file, language)
    return raised.value.errors


def test_the_small_site_is_right(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(SMALL, encoding="utf-8")
    plan = load(file)
    assert [device.id for device in plan.devices] == [
        "east-kiosk-1", "east-display-1", "east-amp-1", "help-1", "east-call-01", "east-call-02", "east-strip-1",
    ]  # fmt: skip
    assert plan.device["east-call-02"].kind == "call_terminal"
    assert plan.device["east-call-02"].floor == 1
    assert plan.hall["east"].channel == "east"
    assert plan.settings == Settings(recall_limit=3)


def test_hours_of_building_hall_and_service(tmp_path):
    text = SMALL.replace(
        "[[halls]]",
        '[hours]\nworkdays = ["09:00-12:00", "14:00-17:00"]\nfriday = ["09:00-12:00"]\nwednesday = []\n'
        'holidays = [2026-10-01, "2026-10-02"]\nextra_days = ["2026-10-10"]\n\n[[halls]]',
        1,
    )
    text = text.replace('name = "办税"', 'name = "办税", hours = { saturday = ["00:00-24:00"] }')
    text = text.replace("[[halls.strips]]", '[halls.hours]\nmonday = ["08:30-20:00"]\n\n[[halls.strips]]')
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    plan = load(file)
    day, morning = ((540, 720), (840, 1020)), ((540, 720),)
    assert plan.hours == Hours(week=(day, day, (), day, morning, (), ()), extra_day=day)
    assert plan.holidays == (datetime.date(2026, 10, 1), datetime.date(2026, 10, 2))
    assert plan.extra_days == (datetime.date(2026, 10, 10),)
    assert plan.hall["east"].hours == Hours(week=(((510, 1200),), *[()] * 6), extra_day=((510, 1200),))
    assert plan.service["east-tax"].hours == Hours(week=(*[()] * 5, ((0, 1440),), ()))
    assert plan.service["east-card"].hours is None


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_where_what_and_what_would_be_right(name, tmp_path):
    _, _, line, key, told = BROKEN[name]
    errors = errors_of(tmp_path, broken(name))
    place = f"site.toml:{line}: " if line else "site.toml: "
    fitting = [error for error in errors if place in error and key in error and told in error]
    assert fitting, "\n".join(errors)
    assert not any("\n" in error for error in errors)


def test_all_faults_are_told_at_once(tmp_path):
    text = SMALL.replace('prefix = "B"', "prefix = 7").replace("number = 2", "number = 0").replace("[public]", "[pub]")
    text = text.replace('"east-kiosk-1"', '"East"').replace("width_px = 640", "width_px = 0")
    errors = errors_of(tmp_path, text)
    assert len(errors) == 5
    for key in ("prefix", "number", "pub", "id", "width_px"):
        assert any(f"{key}: " in error for error in errors), key


def test_people_read_chinese_unless_they_ask_for_english(tmp_path):
    (error,) = errors_of(tmp_path, broken("regions that overlap"), "zh")
    assert error.endswith(
        "site.toml:34: halls[east].strips[east-strip-1].regions[2].x: 与区域 east-w01 重叠；x 至少为 320"
    )


def test_a_line_is_found_among_rows_of_the_same_id(tmp_path):
    text = SMALL.replace('id = "east-w02"', 'id = "east-w01"').replace('window = "east-w02"', 'text = "二"')
    (error,) = errors_of(tmp_path, text)
    assert "site.toml:18: halls[east].windows[east-w01].id: " in error


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "site is missing"),
        (b"[site\n", "not TOML"),
        (b"\xff\xfe[\x00s\x00", "not UTF-8"),
        (b"x = " + b"[" * 5000, "not TOML"),
        (b"x = " + b"9" * 5000, "not TOML"),
        (b"#" * 1_000_001, "more than 1000000 bytes"),
        (b"halls = [1, 2]\n[site]\nid='a'\nname='b'", "a table is expected"),
    ],
    ids=["empty", "torn", "utf16", "deep", "long number", "huge", "numbers for halls"],
)
def test_what_is_no_site_file_is_refused(text, told, tmp_path):
    assert any(told in error for error in errors_of(tmp_path, text))


@pytest.mark.parametrize("path", ["", "/nowhere/site.toml", "\0", ".", "x" * 5000])
def test_a_file_that_cannot_be_read_is_refused(path):
    with pytest.raises(SiteError, match="cannot be read"):
        load(path, "en")


def test_endless_errors_are_cut_short(tmp_path):
    rows = "".join(f'  {{ id = "h{i}", kind = "no" }},\n' for i in range(1000))
    errors = errors_of(tmp_path, SMALL.replace("[public]\ndevices = [\n", "[public]\ndevices = [\n" + rows))
    assert len(errors) == 201
    assert "800 more" in errors[-1]


def test_what_is_doubtful_is_a_warning(tmp_path):
    text = SMALL.replace('  { id = "east-kiosk-1", kind = "ticket_kiosk" },\n', "")
    text = text.replace('  { id = "east-display-1", kind = "hall_display" },\n', "")
    text = text.replace(', call_terminal = "east-call-02"', "").replace(', floor = 1, place = "电梯厅"', "")
    text = text.replace('window = "east-w02"', 'text = "二"')
    text = text.replace('  { id = "east-amp-1"', '  { id = "spare-amp", kind = "amplifier" },\n  { id = "east-amp-1"')
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    warnings = "\n".join(check(file, "en").warnings)
    for told in ("no ticket kiosk", "no hall display", "no strip shows window east-w02", "has no call_terminal"):
        assert told in warnings
    for told in ("help-1 is outside the halls", "no channel uses amplifier spare-amp"):
        assert told in warnings


def test_a_window_may_serve_its_neighbours_with_a_warning(tmp_path):
    west = '[[halls]]\nid = "west"\nname = "西厅"\nfloor = 1\n'
    west += 'windows = [{ id = "west-w01", number = 1, services = ["east-tax"] }]\n'
    text = SMALL.replace("[public]", west + "\n[public]").replace('halls = ["east"]', 'halls = ["east", "west"]')
    file = tmp_path / "site.toml"
    file.write_text(text, encoding="utf-8")
    assert any("belongs to hall east" in warning for warning in check(file, "en").warnings)


def test_settings_of_file_and_plan_are_the_same():
    assert SettingsRow.__struct_fields__ == Settings.__struct_fields__
    assert [getattr(SettingsRow(), key) for key in SettingsRow.__struct_fields__] == [
        getattr(Settings(), key) for key in Settings.__struct_fields__
    ]


def test_doumen_is_read_in_a_tenth_of_a_second():
    taken_s = []
    for _ in range(5):
        start = time.process_time()
        load(find("doumen"))
        taken_s.append(time.process_time() - start)
    assert min(taken_s) < 0.1


# ── whatever is changed in the tree ──

TREE = tomllib.loads(SMALL)
JUNK = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(max_size=60), st.dates(), st.datetimes(),
    st.just([]), st.just({}), st.just([[1]]), st.just([{}]), st.just({"id": "east"}),
    st.sampled_from(["east", "east-tax", "east-w01", "amplifier", "hub", "A", 1, 320]),
)  # fmt: skip


def toml(value):
    """The value as inline TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def places(tree, path=()):
    """Every place in the tree: (path, …) of keys and indexes."""
    found = [path] if path else []
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(pairs):
        found += places(value, (*path, key))
    return found


def mutate(tree, path, act, junk):
    """Replaces, removes, doubles or adds at ``path``."""
    *way, last = path
    for key in way:
        tree = tree[key]
    if act == "remove":
        del tree[last]
    elif act == "double" and isinstance(tree, list):
        tree.append(copy.deepcopy(tree[last]))
    elif act == "add" and isinstance(tree, dict):
        tree[str(junk)[:20]] = junk
    else:
        tree[last] = junk


def outcome(file: Path) -> Plan | list[str]:
    try:
        return load(file)
    except SiteError as error:
        return error.errors


def assert_plan_or_errors(found: Plan | list[str]) -> None:
    assert isinstance(found, Plan) or found
    assert isinstance(found, Plan) or all(len(line.splitlines()) == 1 for line in found)


def with_changes(draw):
    """The small site with one to three changes somewhere."""
    tree = copy.deepcopy(TREE)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(tree) or [()]))
        if path:
            mutate(tree, path, draw(st.sampled_from(["replace", "remove", "double", "add"])), copy.deepcopy(draw(JUNK)))
    return tree


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_only_site_errors_come_out(data, tmp_path):
    tree = with_changes(data.draw)
    file = tmp_path / "site.toml"
    file.write_text("".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in tree.items()), encoding="utf-8")
    assert_plan_or_errors(outcome(file))


def test_the_tree_written_inline_is_the_same_site(tmp_path):
    file = tmp_path / "site.toml"
    file.write_text("".join(f"{key} = {toml(value)}\n" for key, value in TREE.items()), encoding="utf-8")
    small = tmp_path / "small.toml"
    small.write_text(SMALL, encoding="utf-8")
    assert load(file) == load(small)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(SMALL)), junk=st.text(max_size=8), skip=st.integers(0, 40))
def test_whatever_is_typed_only_site_errors_come_out(cut, junk, skip, tmp_path):
    file = tmp_path / "site.toml"
    file.write_text(SMALL[:cut] + junk + SMALL[cut + skip :], encoding="utf-8")
    assert_plan_or_errors(outcome(file))
