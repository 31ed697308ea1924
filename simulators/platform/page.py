"""The page of what the platform has received, for people; Chinese first."""

from collections.abc import Mapping
from html import escape

from simulators.platform.received import Received

TYPES = {
    "ticket.taken": "取号",
    "ticket.refused": "离线号票未入队",
    "ticket.called": "叫号",
    "ticket.recalled": "重呼",
    "ticket.passed": "过号",
    "ticket.served": "开始办理",
    "ticket.finished": "办结",
    "ticket.held": "挂起",
    "ticket.resumed": "回呼",
    "ticket.transferred": "转移",
    "ticket.expired": "过期",
    "ticket.requeued": "重新排队",
    "ticket.booked": "号票转为预约",
    "ticket.released": "延后到时",
    "ticket.returned": "转回",
    "ticket.undone": "撤销",
    "staff.signed_in": "登录",
    "staff.signed_out": "退出登录",
    "service.rated": "评价",
    "case.opened": "差评立案",
    "case.moved": "差评处理",
    "case.overdue": "差评逾期",
    "appointment.booked": "预约",
    "appointment.changed": "预约变更",
    "appointment.cancelled": "取消预约",
    "appointment.checked_in": "预约签到",
    "appointment.missed": "预约失约",
    "window.opened": "开窗",
    "window.paused": "暂停",
    "window.closed": "关窗",
    "alarm.raised": "报警",
    "alarm.pressed_again": "再次报警",
    "alarm.acknowledged": "接警",
    "alarm.closed": "处理完毕",
    "device.came": "设备上线",
    "device.left": "设备离线",
    "part.failed": "部件故障",
    "part.recovered": "部件恢复",
}

FAULTS = {
    "none": "正常",
    "down": "断线",
    "slow": "缓慢",
    "picky": "挑剔",
    "500": "出错 500",
    "duplicate_reply": "重复应答",
    "lost_reply": "应答丢失",
}

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
        rows="".join(_row(record) for record in reversed(received.newest)),
        troubles="".join(f"<p>{escape(line)}</p>" for line in reversed(received.troubles)) or "<p>无 none</p>",
    )


def _number(zh: str, en: str, value: object) -> str:
    return f'<div>{zh} <span class="en">{en}</span><b>{escape(str(value))}</b></div>'


def _row(record: dict[str, object]) -> str:
    facts = record["facts"]
    told = "，".join(f"{name} {value}" for name, value in facts.items() if value) if isinstance(facts, dict) else ""
    time = str(record["at"])[11:19]
    cells = (time, TYPES[str(record["type"])], str(record["subject"]).partition(":")[2], str(record["hall"]), told)
    return "<tr>" + "".join(f"<td>{escape(cell)}" for cell in cells) + "</tr>"
