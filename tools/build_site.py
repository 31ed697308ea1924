"""Turns the tender's tables of the Doumen building into `hub/sites/doumen/site.toml`.

    python -m tools.build_site                 write hub/sites/doumen/site.toml
    python -m tools.build_site --module P4     the same with 256 mm modules, 96 px high
    python -m tools.build_site --output FILE   somewhere else

`tables/` holds what the tender says, `assumed/` what it leaves open. The same tables always give the same bytes.
"""

import argparse
import csv
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from tools import site_toml

DOUMEN = Path(__file__).parent.parent / "hub" / "sites" / "doumen"
FLOORS = range(1, 10)
FLOOR_NAMES = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
GRID_PX = 4  # regions begin on whole bytes of a picture with 2 bits a pixel
NOTICE = "请留意叫号信息，过号请到导办台。"
WELCOME = "欢迎光临斗门区市民服务中心"

Row = dict[str, Any]


class Module(NamedTuple):
    """An LED module of a strip 0.384 m high: its width, and what that makes in pixels."""

    width_mm: int
    width_px: int
    height_px: int


MODULES = {"P3": Module(192, 64, 128), "P4": Module(256, 64, 96)}


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Tables(NamedTuple):
    """Everything the site is made from."""

    devices: list[dict[str, str]]
    points: list[dict[str, str]]
    halls: list[dict[str, str]]
    services: list[dict[str, str]]
    decisions: list[dict[str, str]]

    def number_of(self, hall: str, kind: str) -> int:
        """How many devices of ``kind`` the tender gives the hall called ``hall``."""
        return sum(int(row["quantity"]) for row in self.devices if (row["hall"], row["kind"]) == (hall, kind))

    def strip_lengths_m(self, hall: str, kind: str = "window_strip") -> list[float]:
        """Lengths of the hall's strips, as the table has them: ``44.45+3.465``."""
        rows = [row for row in self.devices if (row["hall"], row["kind"]) == (hall, kind)]
        return [float(length) for row in rows for length in row["strip_lengths_m"].split("+")]

    def floor(self, hall: dict[str, str]) -> int:
        """The floor of the hall's windows in the network points; what is assumed where there are none."""
        if hall["floor"]:
            return int(hall["floor"])
        wanted = (hall["department"], hall["window_area"])
        return next(int(row["floor"][0]) for row in self.points if (row["department"], row["area"]) == wanted)


def load_tables(folder: Path = DOUMEN) -> Tables:
    """The tables of the tender and those of the assumptions."""
    tender, assumed = folder / "tables", folder / "assumed"
    return Tables(
        devices=read(tender / "hall_devices.csv"),
        points=read(tender / "network_points.csv"),
        halls=read(assumed / "halls.csv"),
        services=read(assumed / "services.csv"),
        decisions=read(assumed / "decisions.csv"),
    )


def services(tables: Tables, hall: dict[str, str]) -> list[Row]:
    """The hall's services; prefix = the hall's letter + A, B, C ... in the order of the table."""
    own = [row for row in tables.services if row["hall"] == hall["id"]]
    return [
        {
            "id": f"{hall['id']}-{row['id']}",
            "prefix": hall["letter"] + chr(ord("A") + i),
            "name": row["name"],
            "name_en": row["name_en"],
        }
        for i, row in enumerate(own)
    ]


def windows(hall: str, count: int, service_ids: list[str]) -> list[Row]:
    """Window 1 serves everything; each other window two neighbouring services, the first of them by preference."""
    rows = []
    for number in range(1, count + 1):
        first = (number - 2) % len(service_ids)
        pair = [service_ids[first], service_ids[(first + 1) % len(service_ids)]]
        rows.append(
            {
                "id": f"{hall}-w{number:02d}",
                "number": number,
                "call_terminal": f"{hall}-call-{number:02d}",
                "evaluation_terminal": f"{hall}-eval-{number:02d}",
                "services": list(service_ids) if number == 1 else pair,
            }
        )
    return rows


def hall_devices(tables: Tables, hall: dict[str, str]) -> list[Row]:
    """Kiosks, displays and the amplifier. Broadcast terminal, amplifier and speakers are one device."""
    floor = FLOOR_NAMES[tables.floor(hall)]
    places = {
        "ticket_kiosk": ("kiosk", "咨询导办区"),
        "hall_display": ("display", "等候区 {n} 号屏"),
        "amplifier": ("amp", f"{floor}层弱电间"),
    }
    return [
        {"id": f"{hall['id']}-{word}-{n}", "kind": kind, "place": place.format(n=n)}
        for kind, (word, place) in places.items()
        for n in range(1, tables.number_of(hall["name"], kind) + 1)
    ]


def strip(strip_id: str, kind: str, place: str, length_m: float, module: Module) -> Row:
    """A strip of whole modules: what is left of the fascia stays dark."""
    modules = round(length_m * 1000) // module.width_mm
    return {
        "id": strip_id,
        "kind": kind,
        "place": place,
        "length_m": length_m,
        "width_px": modules * module.width_px,
        "height_px": module.height_px,
    }


def tiles(width_px: int, window_ids: list[str]) -> list[Row]:
    """Regions that tile the strip exactly, as equal as the grid allows, left to right in the order of the windows."""
    cells = width_px // GRID_PX
    edges = [cells * i // len(window_ids) * GRID_PX for i in range(len(window_ids) + 1)]
    return [
        {"x": left, "width": right - left, "window": window}
        for window, left, right in zip(window_ids, edges, edges[1:], strict=False)
    ]


def hall_strips(tables: Tables, hall: dict[str, str], window_ids: list[str], module: Module) -> list[Row]:
    """The longest strip carries all windows; a further one shows the hall's name."""
    lengths = tables.strip_lengths_m(hall["name"])
    rows = []
    for n, length_m in enumerate(sorted(lengths, reverse=True), 1):
        place = "窗口上方" if n == 1 else "窗口上方短段"
        row = strip(f"{hall['id']}-strip-{n}", "window_strip", place, length_m, module)
        name = [{"x": 0, "width": row["width_px"], "text": hall["name"]}]
        row["regions"] = tiles(row["width_px"], window_ids) if n == 1 else name
        rows.append(row)
    return rows


def make_hall(tables: Tables, hall: dict[str, str], module: Module) -> Row:
    """One hall with all it contains."""
    count = tables.number_of(hall["name"], "call_terminal")
    if count != tables.number_of(hall["name"], "evaluation_terminal"):
        raise SystemExit(f"hall_devices.csv: {hall['name']}: call and evaluation terminals must be equally many")
    own_services = services(tables, hall)
    own_windows = windows(hall["id"], count, [row["id"] for row in own_services]) if count else []
    return {
        "id": hall["id"],
        "name": hall["name"],
        "name_en": hall["name_en"],
        "floor": tables.floor(hall),
        "department": hall["department"],
        "notice": NOTICE if own_services else "",
        "services": own_services,
        "windows": own_windows,
        "devices": hall_devices(tables, hall),
        "strips": hall_strips(tables, hall, [row["id"] for row in own_windows], module),
    }


def rooms(points: list[dict[str, str]], *words: str) -> list[tuple[int, str]]:
    """(floor, place) of the network points whose area names one of ``words``."""
    return [
        (int(row["floor"][0]), f"{row['department'].replace('公共区域', '')} {row['area']}".strip())
        for row in points
        if any(word in row["area"] for word in words)
    ]


def help_buttons(points: list[dict[str, str]]) -> list[Row]:
    """Nursing and mediation rooms of the table; every floor's lift lobby; one guide desk on every floor.

    The table names two lift lobbies (一层左下角电梯厅, 九层电梯厅); the first is not the main one of its floor.
    """
    second_lobby = [(floor, area) for floor, area in rooms(points, "电梯厅") if "左下角" in area]
    lobbies = [(floor, "市民服务中心大堂电梯厅" if floor == 1 else "电梯厅") for floor in FLOORS]
    desks = dict(reversed([(1, "市民服务中心大堂导办台"), *rooms(points, "导办")]))  # the first of a floor stays
    spots = [
        *[("nursing", floor, "母婴室") for floor, _ in rooms(points, "母婴室")],
        *[("mediation", floor, place) for floor, place in rooms(points, "调解室")],
        *[("lift", floor, place) for floor, place in lobbies + second_lobby],
        *[("desk", floor, f"{desks.get(floor, '公共区域')}（一键报警）") for floor in FLOORS],
    ]
    seen: Counter[str] = Counter()
    rows = []
    for room, floor, place in sorted(spots, key=lambda spot: spot[1]):
        stem = f"help-{floor}f-{room}"
        seen[stem] += 1
        rows.append({"id": f"{stem}-{seen[stem]}", "kind": "help_button", "floor": floor, "place": place})
    return rows


def lobby_strip(tables: Tables, module: Module) -> Row:
    """The publicity strip of the lobby: one region."""
    (length_m,) = tables.strip_lengths_m("市民服务中心大堂", "publicity_strip")
    row = strip("lobby-strip-1", "publicity_strip", "市民服务中心大堂", length_m, module)
    row["floor"] = 1
    row["regions"] = [{"x": 0, "width": row["width_px"], "text": WELCOME}]
    return row


def channels(tables: Tables) -> list[Row]:
    """One channel per amplifier, named after the hall that owns it."""
    owners = dict.fromkeys(hall["amplifier_of"] for hall in tables.halls)
    return [
        {
            "id": owner,
            "amplifier": f"{owner}-amp-1",
            "halls": [hall["id"] for hall in tables.halls if hall["amplifier_of"] == owner],
        }
        for owner in owners
    ]


def attendance(tables: Tables) -> list[Row]:
    """The punch clocks of the back offices; which serial number is where is told when they are mounted."""
    return [
        {"id": f"{hall['id']}-attendance-{n}", "hall": hall["id"], "place": "后台办公区"}
        for hall in tables.halls
        for n in range(1, tables.number_of(hall["name"], "attendance_terminal") + 1)
    ]


def build(tables: Tables, module: Module = MODULES["P3"]) -> str:
    """The text of site.toml."""
    return site_toml.write(
        decisions=tables.decisions,
        halls=[make_hall(tables, hall, module) for hall in tables.halls],
        speakers={hall["id"]: tables.number_of(hall["name"], "speaker") for hall in tables.halls},
        public={"devices": help_buttons(tables.points), "strips": [lobby_strip(tables, module)]},
        channels=channels(tables),
        attendance=attendance(tables),
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Make site.toml of the Doumen building from the tender's tables.")
    parser.add_argument("--module", choices=MODULES, default="P3", help="LED module of the strips (P3)")
    parser.add_argument("--output", type=Path, default=DOUMEN / "site.toml")
    chosen = parser.parse_args()
    chosen.output.write_text(build(load_tables(), MODULES[chosen.module]), encoding="utf-8")
    print(f"wrote {chosen.output}")


if __name__ == "__main__":
    main()
