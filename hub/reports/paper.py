"""Paper: a report as PDF, charts on the first page, then the table; with as much of the Chinese font as is used."""

from typing import Any

import pylopdf_fonts_zh_cn
from fpdf import FPDF

from firmware.words import words
from hub.reports import charts
from hub.reports.charts import Box
from hub.reports.columns import SHORT, Cell, View, body, head, heading, text_of

FONT = "noto"
MARGIN, WIDTH, HEIGHT = 12, 210, 297  # mm: A4
INNER = WIDTH - 2 * MARGIN
ROW_MM, NAME_MM = 6.5, 46
MOST_SERVICES = 14
COLUMN_MM = (INNER - NAME_MM) / len(SHORT)


class _Paper(FPDF):
    """Numbers its pages."""

    def __init__(self, language: str) -> None:
        super().__init__(format="A4")
        self.language = language
        self.set_margin(MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(False)
        self.add_font(FONT, "", str(pylopdf_fonts_zh_cn.sans_path()))
        self.set_font(FONT)

    def footer(self) -> None:
        self.set_font_size(8)
        self.set_text_color(*charts.INK)
        text = words("report.page", self.language, page=self.page_no())
        self.text(MARGIN, HEIGHT - 7, text)


def to_pdf(view: View, language: str) -> bytes:
    """A4, as many pages as the table needs."""
    pdf = _Paper(language)
    pdf.set_title(heading(view, language))
    pdf.add_page()
    _title(pdf, view)
    _tiles(pdf, view)
    _charts(pdf, view)
    pdf.add_page()
    _table(pdf, view)
    return bytes(pdf.output())


def _say(pdf: _Paper, key: str, **facts: object) -> str:
    return words(key, pdf.language, **facts)


def _title(pdf: _Paper, view: View) -> None:
    pdf.set_text_color(*charts.INK)
    pdf.set_font_size(17)
    pdf.text(MARGIN, 22, charts.fitting(pdf, heading(view, pdf.language), INNER))
    pdf.set_font_size(9)
    said = []
    if view["busiest"]:
        hours = " ".join(f"{hour}:00–{hour + 1}:00" for hour in view["busiest"])
        said.append(_say(pdf, "report.busiest", hours=hours))
    raised = sum(alarm["raised"] for alarm in view["alarms"])
    answered = [alarm["answered"] for alarm in view["alarms"] if alarm["answered"]["count"]]
    if answered:
        sum_s = sum(one["mean_s"] * one["count"] for one in answered)
        mean = f"{sum_s / sum(one['count'] for one in answered) / 60:.1f}"
        said.append(_say(pdf, "report.answers", raised=raised, mean=mean))
    pdf.text(MARGIN, 29, "    ".join(said))


def _tiles(pdf: _Paper, view: View) -> None:
    """The few numbers that are asked for first."""
    keys = ("taken", "finished", "no_show", "wait.mean", "wait.p90", "satisfied")
    chosen = [column for column in SHORT if column.key.removeprefix("report.") in keys]
    width = INNER / len(chosen)
    for at, column in enumerate(chosen):
        x = MARGIN + at * width
        pdf.set_fill_color(236, 242, 248)
        pdf.rect(x, 34, width - 2, 19, style="F")
        pdf.set_font_size(15)
        pdf.text(x + 3, 43, text_of(column.of(view["total"]), column.form))
        pdf.set_font_size(8)
        pdf.text(x + 3, 50, charts.fitting(pdf, _say(pdf, column.key), width - 6))


def _charts(pdf: _Paper, view: View) -> None:
    nothing = _say(pdf, "report.nothing")
    hours = view["hours"]
    labels = [str(hour["hour"]) for hour in hours]
    waits = [None if hour["wait_mean_s"] is None else hour["wait_mean_s"] / 60 for hour in hours]
    half = (INNER - 8) / 2
    right = MARGIN + half + 8
    charts.columns(pdf, Box(MARGIN, 60, half, 62), _say(pdf, "report.chart.hours"), labels, waits, nothing)
    names = [_say(pdf, f"report.level.{level}") for level in range(1, 6)]
    levels = view["total"]["levels"]
    charts.levels(pdf, Box(right, 60, half, 62), _say(pdf, "report.chart.levels"), names, levels, nothing)
    services, others = _most_taken(pdf, view["services"])
    height = 132 if view["span"] == "day" else 106
    charts.lines(pdf, Box(MARGIN, 130, INNER, height), _say(pdf, "report.chart.services"), services, others, nothing)
    if view["span"] == "month":
        days = [day["day"][-2:] for day in view["days"]]
        taken: list[float | None] = [day["taken"] for day in view["days"]]
        charts.columns(pdf, Box(MARGIN, 240, INNER, 44), _say(pdf, "report.chart.days"), days, taken, nothing)


def _most_taken(pdf: _Paper, services: list[Any]) -> tuple[list[tuple[str, int]], str]:
    """The most asked for first; the rest in a line of text."""
    key = "name" if pdf.language == "zh" else "name_en"
    rows = sorted(((row[key], row["taken"]) for row in services if row["taken"]), key=lambda row: -row[1])
    if len(rows) <= MOST_SERVICES:
        return rows, ""
    rest = rows[MOST_SERVICES:]
    others = _say(pdf, "report.others", count=len(rest), taken=f"{sum(taken for _, taken in rest):,}")
    return rows[:MOST_SERVICES], others


def _table(pdf: _Paper, view: View) -> None:
    lines = body(view, SHORT, pdf.language)
    y = _table_head(pdf, view)
    for at, line in enumerate(lines):
        if y > HEIGHT - 20:
            pdf.add_page()
            y = _table_head(pdf, view)
        if at == len(lines) - 1:
            pdf.set_draw_color(*charts.INK)
            pdf.line(MARGIN, y, WIDTH - MARGIN, y)
        _table_line(pdf, y, line)
        y += ROW_MM


def _table_head(pdf: _Paper, view: View) -> float:
    """Headings in as many lines as they need. Gives where the first line goes."""
    pdf.set_text_color(*charts.INK)
    pdf.set_font_size(8)
    for at, title in enumerate(head(view, SHORT, pdf.language)):
        pdf.set_xy(_left(at), MARGIN + 4)
        width = COLUMN_MM if at else NAME_MM
        pdf.multi_cell(width, 3.6, title, align="R" if at else "L")
    y = MARGIN + 20
    pdf.set_draw_color(*charts.FAINT)
    pdf.line(MARGIN, y, WIDTH - MARGIN, y)
    return y


def _table_line(pdf: _Paper, y: float, line: list[Cell]) -> None:
    pdf.set_font_size(8)
    pdf.text(MARGIN, y + 4.5, charts.fitting(pdf, str(line[0]), NAME_MM - 2))
    for at, (value, column) in enumerate(zip(line[1:], SHORT, strict=True), 1):
        text = text_of(value, column.form)
        pdf.text(_left(at) + COLUMN_MM - 1 - pdf.get_string_width(text), y + 4.5, text)


def _left(at: int) -> float:
    return MARGIN + (NAME_MM + (at - 1) * COLUMN_MM if at else 0)
