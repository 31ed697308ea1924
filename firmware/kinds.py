"""The device kinds, declared once: what each may send and accept, its parts, its heartbeat.

Read by the agent, the hub's decoder, the broker's access lists, the simulators and the generated tables.
Messages are named, not imported, so that a small board loads only what its role speaks.
"""

BASE_SENDS = (
    "state",
    "hello",
    "heartbeat",
    "device/log",
    "device/locating",
    "update/report",
    "update/tested",
    "part/fault",
    "part/tested",
)
BASE_ACCEPTS = ("welcome", "ack", "refused", "device/logs", "device/locate", "part/test", "show/update", "update/test")


class Kind:
    """One row of the table. ``sends`` and ``accepts`` are message names; ``heartbeat_s`` seconds between two.

    ``parts`` it must have, ``options`` it may have.
    """

    def __init__(
        self,
        name: str,
        label: str,
        sends: "tuple[str, ...]" = (),
        accepts: "tuple[str, ...]" = (),
        parts: "tuple[str, ...]" = (),
        heartbeat_s: int = 30,
        options: "tuple[str, ...]" = (),
    ) -> None:
        self.name = name
        self.label = label  # zh-CN, for people
        self.sends = BASE_SENDS + sends
        self.accepts = BASE_ACCEPTS + accepts
        self.parts = parts
        self.options = options
        self.heartbeat_s = heartbeat_s


_TABLE = (
    Kind(
        "ticket_kiosk",
        "取号机",
        sends=(
            "visitor/identify",
            "ticket/take",
            "ticket/checkin",
            "ticket/reprint",
            "lease/ask",
            "ticket/offline",
            "ticket/unprinted",
            "rating/find",
            "rating/paper",
        ),
        accepts=("visitor/found", "rating/found", "ticket/issued", "show/services", "show/lease"),
        parts=("screen", "printer"),
        options=("reader", "scanner", "touch"),
    ),
    Kind(
        "call_terminal",
        "窗口互动终端（叫号）",
        sends=(
            "window/open",
            "window/pause",
            "window/close",
            "ticket/call",
            "ticket/recall",
            "ticket/pass",
            "ticket/serve",
            "ticket/finish",
            "ticket/hold",
            "ticket/resume",
            "ticket/transfer",
            "ticket/undo",
            "staff/sign_in",
            "staff/sign_out",
        ),
        accepts=("show/window", "show/figures"),
        parts=("screen",),
        options=("keypad", "touch"),
    ),
    Kind(
        "evaluation_terminal",
        "窗口互动终端（评价）",
        sends=("evaluation/rate",),
        accepts=("show/evaluation",),
        parts=("screen",),
        options=("keypad", "touch"),
    ),
    Kind(
        "window_terminal",
        "窗口按键总线",
        sends=(
            "window/open",
            "window/pause",
            "window/close",
            "ticket/call",
            "ticket/recall",
            "ticket/pass",
            "ticket/serve",
            "ticket/finish",
            "ticket/hold",
            "ticket/resume",
            "ticket/transfer",
            "evaluation/rate",
        ),
        accepts=("show/unit",),
        parts=("bus",),
        options=("unit",),
    ),
    Kind("window_strip", "窗口条屏", accepts=("show/region", "show/light"), parts=("panel",)),
    Kind("publicity_strip", "宣传条屏", accepts=("show/region", "show/light"), parts=("panel",)),
    Kind(
        "hall_display",
        "综合显示屏",
        accepts=("show/calls", "show/light"),
        parts=("screen",),
        options=("sender",),
    ),
    Kind(
        "info_screen",
        "信息发布屏",
        accepts=("show/playlist", "show/light"),
        parts=("screen",),
        options=("sender",),
    ),
    Kind(
        "amplifier",
        "广播功放",
        sends=("act/done",),
        accepts=("speech/play", "speech/withdraw", "show/clips"),
        parts=("speaker",),
    ),
    Kind(
        "help_button",
        "紧急求助按钮",
        sends=("help/press",),
        accepts=("show/alarm",),
        parts=("button", "lamp"),
        heartbeat_s=15,
    ),
)

KINDS = {kind.name: kind for kind in _TABLE}
