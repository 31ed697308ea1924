"""A report as CSV, workbook and PDF, read back by others than those who wrote it."""

import csv
import io
from typing import Any

import msgspec
import openpyxl
import pytest
from pypdf import PageObject, PdfReader

from hub.engine.plan import Plan
from hub.reports.figures import Day
from hub.reports.fold import Fold
from hub.reports.paper import to_pdf
from hub.reports.sheets import to_csv, to_xlsx
from hub.reports.view import By, report
from tests.engine.hall_day import HallDay
from tests.engine.small_site import small_plan, with_service

HEAD = {"site": "小厅", "site_en": "Small hall", "first": "2026-11-22", "last": "2026-11-22", "is_over": True}


def a_day(plan: Plan | None = None) -> Day:
    day = HallDay(plan)
    day.opens("tax-1", "law-1")
    number = day.takes("notary")
    day.takes("invoices")
    day.minutes_pass(12)
    day.calls("law-1")
    day.minutes_pass(6)
    day.finishes("law-1", number)
    day.rates("law-1", number, 5)
    day.presses("help-law")
    fold = Fold()
    for entry in day.journal:
        fold.read(entry)
    return fold.day


def view(by: By = "service", span: str = "day", plan: Plan | None = None) -> dict[str, Any]:
    """As it comes over the API: JSON."""
    made = {**HEAD, "span": span, **report(plan or small_plan(), [a_day(plan)], by)}
    return msgspec.json.decode(msgspec.json.encode(made))


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def said(page: PageObject) -> str:
    """Its text without spaces. pypdf reads the two bytes of a character as two, of which the first is nothing."""
    return "".join(page.extract_text().replace("\x00", "").split())


def test_csv_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    content = to_csv(view(), "zh")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = rows_of(content)
    assert [row["业务"] for row in rows] == ["发票", "公证", "合计"]
    assert (rows[1]["取号"], rows[1]["办结"], rows[1]["平均等候（分）"]) == ("1", "1", "12.0")
    assert rows[1]["平均办理（分）"] == "6.0"
    assert (rows[1]["非常满意"], rows[1]["满意率"]) == ("1", "100.0")
    assert rows[0]["满意率"] == ""  # nobody rated: neither 0 nor 100
    assert rows[2]["取号"] == "2"


def test_half_waited_at_most_the_median_and_nine_of_ten_the_ninetieth() -> None:
    """Ten who wait 1, 2 … 9 and 60 minutes; each is called and finished at once."""
    day = HallDay()
    day.opens("law-1")
    for minutes in (*range(1, 10), 60):
        number = day.takes("notary")
        day.minutes_pass(minutes)
        day.calls("law-1")
        day.finishes("law-1", number)
    fold = Fold()
    for entry in day.journal:
        fold.read(entry)
    made = msgspec.json.decode(
        msgspec.json.encode({**HEAD, "span": "day", **report(small_plan(), [fold.day], "service")})
    )
    row = next(row for row in rows_of(to_csv(made, "en")) if row["Service"] == "公证")
    waits = {name: float(row[name]) for name in row if name.startswith(("Wait p", "Mean wait"))}
    assert waits == pytest.approx({"Mean wait (min)": 10.5, "Wait p50 (min)": 5, "Wait p90 (min)": 9}, rel=0.03), row


@pytest.mark.parametrize("by", ["service", "window", "staff", "hall"])
def test_lines_add_up_whatever_they_are_for(by: By) -> None:
    rows = rows_of(to_csv(view(by), "en"))
    assert sum(int(row["Taken"]) for row in rows[:-1]) == int(rows[-1]["Taken"]) == 2
    assert sum(int(row["Served"]) for row in rows[:-1]) == int(rows[-1]["Served"]) == 1


def test_a_workbook_has_the_same_figures_as_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(view(), "zh")))
    assert book.sheetnames == ["统计表", "分时段", "逐日", "求助"]
    table = book["统计表"]
    assert table["A1"].value == "小厅 日报 2026-11-22"
    heads = [cell.value for cell in table[3]]
    notary = next(row for row in table.iter_rows(min_row=4, values_only=True) if row[0] == "公证")
    assert notary[heads.index("取号")] == 1
    assert notary[heads.index("平均等候（分）")] == 12.0
    assert [row[:2] for row in book["分时段"].iter_rows(min_row=4, values_only=True)] == [("9:00", 2)]
    assert book["求助"]["C4"].value == 1


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(A1)"])
def test_a_name_is_never_a_formula(name: str) -> None:
    made = view(plan=with_service(small_plan(), "notary", name=name))
    assert f"'{name}" in [row["业务"] for row in rows_of(to_csv(made, "zh"))]
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx(made, "zh")))["统计表"]
    cell = next(row[0] for row in sheet.iter_rows(min_row=4) if name in str(row[0].value))
    assert (cell.data_type, cell.value) == ("s", f"'{name}")


@pytest.mark.parametrize(("language", "words"), [("zh", ["小厅日报", "公证", "发票", "合计", "满意度"]),
                                                 ("en", ["Smallhall", "Total", "Satisfaction"])])  # fmt: skip
def test_paper_says_the_names(language: str, words: list[str]) -> None:
    pages = PdfReader(io.BytesIO(to_pdf(view(), language))).pages
    found = "".join(said(page) for page in pages)
    assert [word for word in words if word not in found] == []


def test_paper_of_a_month_has_a_chart_of_its_days_and_as_many_pages_as_it_needs() -> None:
    made = view(span="month")
    made["rows"] = made["rows"] * 40
    pages = PdfReader(io.BytesIO(to_pdf(made, "zh"))).pages
    assert "每日取号量" in said(pages[0])
    drawn = pages[0].get_contents()
    assert drawn is not None
    # Six tiles; a day taken and a day waited for, two services, five levels and their legend.
    assert drawn.get_data().count(b" re f") == 6 + 2 + 2 + 10
    assert len(pages) == 1 + 3  # 80 lines and the whole, 41 a page at most


def test_a_day_on_which_nothing_happened_is_a_report_too() -> None:
    made = {**HEAD, "span": "day", **report(small_plan(), [], "service")}
    assert rows_of(to_csv(made, "zh"))[0]["取号"] == "0"
    assert "无数据" in said(PdfReader(io.BytesIO(to_pdf(made, "zh"))).pages[0])
