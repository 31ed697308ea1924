"""The page of what the platform has received, for people; Chinese first."""

from collections.abc import Mapping
from html import escape

from simulators.platform.page_words import FAULTS
from simulators.platform.reading import Row
from simulators.platform.received import Received

_HTML = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>市统一申办受理平台（模拟）</title>
<style>
body {{ font: 16px/1.5 "Noto Sans SC", "Microsoft YaHei", sans-serif; margin: 2rem; color: #1c2733; }}
h1 {{ font-size: 1.4rem; }} small, .en {{ color: #68788a; font-weight: normal; }}
.numbers {{ display: flex; gap: 2.5rem; margin: 1rem 0 2rem; }} .numbers b {{ display: block; font-size: 2rem; }}
table {{ border-collapse: collapse; width: 100%; }} td, th {{ text-align: left; padding: .3rem .8rem .3rem 0; }}
tr + tr {{ border-top: 1px solid #dde3ea; }}
</style>
<h1>市统一申办受理平台（模拟） <small>simulated city platform</small></h1>
<div class="numbers">{numbers}</div>
<h2>最新记录 <small>newest records</small></h2>
<table><tr><th>时间<th>事项<th>对象<th>厅<th>内容</tr>{rows}</table>
<h2>问题 <small>troubles</small></h2>
{troubles}
</html>
"""


def page(received: Received, counts: Mapping[str, object]) -> str:
    """HTML; ``counts`` as the server gives them."""
    fault = counts["fault"]
    kind = fault["kind"] if isinstance(fault, dict) else "none"
    numbers = (
        ("已收记录", "records", counts["records"]),
        ("号票", "tickets", len(received.tickets())),
        ("重复", "duplicates", counts["duplicates"]),
        ("乱序", "out of order", counts["out_of_order"]),
        ("拒收", "rejected", counts["rejected"]),
        ("请求", "requests", counts["requests"]),
        ("线路", "line", FAULTS[kind]),
    )
    return _HTML.format(
        numbers="".join(_number(*number) for number in numbers),
        rows="".join(_row(received.reading.row(record)) for record in reversed(received.newest)),
        troubles="".join(f"<p>{escape(line)}</p>" for line in reversed(received.troubles)) or "<p>无 none</p>",
    )


def _number(zh: str, en: str, value: object) -> str:
    return f'<div>{zh} <span class="en">{en}</span><b>{escape(str(value))}</b></div>'


def _row(row: Row) -> str:
    told = "，".join(f"{name} {value}" for name, value in row.told.items() if value)
    cells = (row.time, row.title, row.subject, row.place, told)
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>"
