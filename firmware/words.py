"""The catalogue: every text that a visitor, clerk or administrator reads, in Chinese and in English.

Keys are dotted, the room first: ``refused.window.busy``, ``window.state.open``. ``{fact}`` is filled in by `words`.
Runs on MicroPython too, though small boards never load it.
"""

LANGUAGES = ("zh", "en")  # the order within each entry; written Cantonese is Chinese here


def words(key: str, language: str = "zh", **facts: object) -> str:
    """The text of ``key`` in ``language`` (``zh``, ``yue`` or ``en``), its facts filled in.

    Raises KeyError, naming the key, when the catalogue has no such text: a key is written by a programmer, never by
    a visitor.
    """
    if key not in WORDS:
        raise KeyError("no words for " + key + ": add them to firmware/words.py")
    text = WORDS[key][1 if language == "en" else 0]
    return text.format(**facts) if facts else text


WORDS: "dict[str, tuple[str, str]]" = {
    # A rule said no: what happened, and what to do next. Codes: hub/engine/refused.py.
    "refused.service.unknown": ("没有这项业务，请重新选择", "No such service; please choose again"),
    "refused.service.elsewhere": (
        "该业务在其他服务厅办理，请到对应服务厅取号",
        "This service is in another hall; please take a ticket there",
    ),
    "refused.ticket.unknown": ("今天没有这个号，请核对号码", "No such ticket today; please check the number"),
    "refused.ticket.over": ("该号已结束，请重新取号", "This ticket is over; please take a new one"),
    "refused.ticket.not_here": (
        "该号不在本窗口，请刷新后重试",
        "This ticket is not at this window; look again, then retry",
    ),
    "refused.ticket.waiting": ("该号还在等候，请先呼叫", "This ticket still waits; call it first"),
    "refused.ticket.called": (
        "该号已呼叫，请等候来人，或重呼、过号",
        "This ticket was already called; wait, recall or pass it",
    ),
    "refused.ticket.serving": (
        "该号正在办理，请先办结、挂起或转移",
        "This ticket is being served; finish, hold or transfer it",
    ),
    "refused.ticket.held": ("该号已挂起，请先回呼", "This ticket is on hold; resume it first"),
    "refused.queue.empty": ("没有等候的号", "Nobody is waiting"),
    "refused.recall.limit": ("已达重呼次数上限，请过号", "Recalled as often as allowed; please pass it"),
    "refused.window.unknown": ("没有这个窗口，请核对窗口编号", "No such window; please check its id"),
    "refused.window.open": ("窗口已经开放", "The window is already open"),
    "refused.window.paused": ("窗口暂停服务，请先开窗", "The window is paused; open it first"),
    "refused.window.closed": ("窗口已关闭，请先开窗", "The window is closed; open it first"),
    "refused.window.busy": (
        "窗口还有未办结的号，请先办结、过号或挂起",
        "A visitor is at the window; finish, pass or hold first",
    ),
    "refused.window.holding": (
        "窗口还有挂起的号，请先回呼或转移",
        "Tickets are on hold here; resume or transfer them first",
    ),
    "refused.transfer.where": ("请选择转移到哪项业务或哪个窗口", "Choose a service or a window to transfer to"),
    "refused.transfer.same": (
        "不能转移到原业务或本窗口，请另选",
        "It is already there; choose another service or window",
    ),
    "refused.transfer.not_served": ("目标窗口不办理该业务，请另选", "That window does not serve it; choose another"),
    "refused.transfer.nobody": ("没有窗口办理该业务，请另选", "No window serves it; choose another service"),
    "refused.transfer.closed": ("目标窗口未开放，请另选", "That window is closed; choose another"),
    "refused.evaluation.terminal": (
        "只能在本窗口的评价器上评价",
        "Ratings are made at this window's evaluation terminal only",
    ),
    "refused.evaluation.closed": ("本次评价已结束", "This rating is closed"),
    "refused.evaluation.done": ("本次服务已评价，请勿重复评价", "This service was already rated"),
    "refused.evaluation.level": ("请选择一至五级满意度", "Choose a satisfaction from 1 to 5"),
    "refused.evaluation.reason": (
        "评价原因与满意度不符，请重新选择",
        "These reasons belong to another level; choose again",
    ),
    "refused.alarm.unknown": ("没有这条报警，请刷新后重试", "No such alarm; look again, then retry"),
    "refused.alarm.acknowledged": ("该报警已有人接警", "This alarm was already acknowledged"),
    "refused.alarm.not_acknowledged": ("请先接警，再结束报警", "Acknowledge the alarm before you close it"),
    "refused.alarm.closed": ("该报警已结束", "This alarm is already closed"),
    "refused.channel.unknown": ("没有这个广播分区，请核对编号", "No such broadcast channel; please check its id"),
    "refused.phrase.unknown": ("没有这条广播用语，请从列表中选择", "No such phrase; choose one of the list"),
    "refused.device.unknown": (
        "没有登记这台设备，请在站点文件中登记",
        "This device is not in the site file; add it there",
    ),
    "refused.act.elsewhere": ("该播放任务属于另一台功放", "This act belongs to another amplifier"),
    # States.
    "ticket.state.waiting": ("等候", "waiting"),
    "ticket.state.called": ("已呼叫", "called"),
    "ticket.state.serving": ("办理中", "serving"),
    "ticket.state.held": ("挂起", "on hold"),
    "ticket.state.finished": ("办结", "finished"),
    "ticket.state.passed": ("过号", "passed"),
    "ticket.state.expired": ("过期", "expired"),
    "window.state.closed": ("关闭", "closed"),
    "window.state.open": ("开放", "open"),
    "window.state.paused": ("暂停", "paused"),
    "alarm.state.raised": ("报警", "raised"),
    "alarm.state.acknowledged": ("已接警", "acknowledged"),
    "alarm.state.closed": ("已结束", "closed"),
    "device.state.online": ("在线", "online"),
    "device.state.offline": ("离线", "offline"),
    "act.result.done": ("已播放", "played"),
    "act.result.expired": ("已过时", "too late"),
    "act.result.failed": ("播放失败", "failed"),
    # Why a ticket goes first.
    "priority.none": ("普通", "ordinary"),
    "priority.elderly": ("老年人优先", "elderly"),
    "priority.disabled": ("残疾人优先", "disabled"),
    "priority.military": ("军人优先", "military"),
    "priority.pregnant": ("孕妇优先", "pregnant"),
    "priority.other": ("绿色通道", "green lane"),
    # Spoken languages.
    "language.zh": ("普通话", "Mandarin"),
    "language.yue": ("粤语", "Cantonese"),
    "language.en": ("英语", "English"),
    # Device kinds.
    "kind.ticket_kiosk": ("取号机", "ticket kiosk"),
    "kind.call_terminal": ("窗口互动终端（叫号）", "call terminal"),
    "kind.evaluation_terminal": ("窗口互动终端（评价）", "evaluation terminal"),
    "kind.window_strip": ("窗口条屏", "window strip"),
    "kind.publicity_strip": ("宣传条屏", "publicity strip"),
    "kind.hall_display": ("综合显示屏", "hall display"),
    "kind.amplifier": ("广播功放", "amplifier"),
    "kind.help_button": ("紧急求助按钮", "help button"),
    # The five levels of satisfaction.
    "satisfaction.5": ("非常满意", "very satisfied"),
    "satisfaction.4": ("满意", "satisfied"),
    "satisfaction.3": ("基本满意", "fairly satisfied"),
    "satisfaction.2": ("不满意", "dissatisfied"),
    "satisfaction.1": ("非常不满意", "very dissatisfied"),
    # Phrases that a person may have played; names: hub/engine/phrases.py.
    "phrase.closing-soon": ("服务厅即将结束今天的服务，请抓紧时间办理", "The hall will close soon"),
    "phrase.take-a-ticket": ("请先取号，在休息区等候呼叫", "Please take a ticket and wait until you are called"),
    "phrase.keep-quiet": ("请保持安静，谢谢配合", "Please keep quiet, thank you"),
    "phrase.mind-children": ("请照看好您的孩子和随身物品", "Please mind your children and your belongings"),
    # The command line.
    "cli.devices": ("设备", "devices"),
    "cli.alarms": ("报警", "alarms"),
    "cli.journal": ("日志条数", "journal entries"),
    "cli.broker": ("消息代理", "broker"),
    "cli.platform": ("市统一申办受理平台", "city platform"),
    "cli.announcements": ("待播语音", "announcements waiting"),
    "cli.halls": ("服务厅", "halls"),
    "cli.hall": ("服务厅", "hall"),
    "cli.open": ("开放窗口", "windows open"),
    "cli.refusals": ("被拒绝的消息", "turned away"),
    "cli.newest": ("最近被拒绝", "turned away last"),
    "cli.reason": ("原因", "reason"),
    "cli.count": ("次数", "count"),
    "cli.time": ("时间", "time"),
    "cli.who": ("来自", "from"),
    "cli.up": ("已连接", "connected"),
    "cli.down": ("未连接", "not connected"),
    "cli.platform.none": ("未设置平台地址", "no platform is set"),
    "cli.platform.line": ("已送 {delivered} 条，待送 {behind} 条", "{delivered} delivered, {behind} behind"),
    "cli.count.halls": ("服务厅", "halls"),
    "cli.count.services": ("业务类型", "services"),
    "cli.count.windows": ("窗口", "windows"),
    "cli.count.channels": ("广播分区", "channels"),
    "cli.id": ("编号", "id"),
    "cli.kind": ("设备类型", "kind"),
    "cli.place": ("位置", "place"),
    "cli.state": ("状态", "state"),
    "cli.version": ("版本", "version"),
    "cli.heard": ("最近消息", "last heard"),
    "cli.fault": ("故障", "fault"),
    "cli.boot": ("启动标识", "boot"),
    "cli.uptime": ("已运行", "uptime"),
    "cli.heap": ("可用内存", "free heap"),
    "cli.outbox": ("待发", "in outbox"),
    "cli.errors": ("错误", "errors"),
    "cli.windows": ("窗口", "windows"),
    "cli.number": ("号", "number"),
    "cli.ticket": ("当前号", "ticket"),
    "cli.ticket.state": ("号状态", "ticket state"),
    "cli.held": ("挂起", "on hold"),
    "cli.waiting": ("等候人数", "waiting"),
    "cli.tickets": ("今日取号", "today's tickets"),
    "cli.service": ("业务", "service"),
    "cli.window": ("窗口", "window"),
    "cli.taken": ("取号", "taken"),
    "cli.changed": ("变更", "changed"),
    "cli.rated": ("评价", "rated"),
    "cli.priority": ("优先", "priority"),
    "cli.recalls": ("重呼", "recalls"),
    "cli.presses": ("按下次数", "presses"),
    "cli.raised": ("报警时间", "raised"),
    "cli.acknowledged": ("接警时间", "acknowledged"),
    "cli.closed": ("结束时间", "closed"),
    "cli.note": ("处警说明", "note"),
    "cli.delivered": ("已送达", "delivered"),
    "cli.behind": ("待送", "behind"),
    "cli.aside": ("搁置", "set aside"),
    "cli.attempts": ("重试", "attempts"),
    "cli.error": ("错误", "error"),
    "cli.done": ("已完成（日志 {position}）", "done (journal {position})"),
    "refusal.unknown device": ("未登记的设备", "unknown device"),
    "refusal.message not allowed": ("不允许的消息", "message not allowed"),
    "refusal.oversize": ("消息过长", "oversize message"),
    "refusal.malformed": ("消息格式错误", "malformed message"),
    "refused.malformed": (
        "设备发来的消息格式有误，请升级设备程序",
        "The device's message was malformed; update its firmware",
    ),
    # What a region of a strip says; two short lines stand beside a number.
    "strip.called": ("请到\n本窗口", "please\ncome here"),
    "strip.serving": ("正在\n办理", "being\nserved"),
    "strip.open": ("请取号等候", "Take a ticket"),
    "strip.paused": ("暂停服务", "Paused"),
    "strip.closed": ("窗口未开放", "Closed"),
    "strip.window": ("{number}号窗口", "window {number}"),
    # Checking a site file: hub/site_file. One line each, after the file, the line number and the key.
    "site.right.slug": (
        "小写字母、数字和连字符，字母或数字开头，1 至 48 个字符",
        "lower-case letters, digits and hyphens, beginning with a letter or digit, 1 to 48 characters",
    ),
    "site.right.slugs": ('至少一个编号的列表，例如 ["hukou-id-card"]', "a list of ids, at least one"),
    "site.right.name": ("一行文字，1 至 40 个字符", "one line of text, 1 to 40 characters"),
    "site.right.english": ("一行英文，最多 60 个字符", "one line of English, at most 60 characters"),
    "site.right.words": ("一行文字，最多 40 个字符", "one line of text, at most 40 characters"),
    "site.right.text": ("一行文字，最多 80 个字符", "one line of text, at most 80 characters"),
    "site.right.notice": ("一行文字，最多 120 个字符", "one line of text, at most 120 characters"),
    "site.right.prose": ("一行文字，最多 400 个字符", "one line of text, at most 400 characters"),
    "site.right.prefix": ("一至两个大写字母，例如 FA", "1 or 2 capital letters, such as FA"),
    "site.right.floor": ("整数楼层，-9 至 200", "a whole number, -9 to 200"),
    "site.right.number": ("整数窗口号，1 至 999", "a whole number, 1 to 999"),
    "site.right.metres": ("米数，大于 0，最多 200", "metres, more than 0, at most 200"),
    "site.right.pixels": ("整数像素，1 至 65535", "whole pixels, 1 to 65535"),
    "site.right.height": ("整数像素，1 至 1024", "whole pixels, 1 to 1024"),
    "site.right.offset": ("从条屏左端起的整数像素，0 至 65534", "whole pixels from the strip's left edge, 0 to 65534"),
    "site.right.zone": ("与 UTC 相差的分钟数，-720 至 840（北京时间 480）", "minutes east of UTC, -720 to 840"),
    "site.right.recalls": ("整数次数，0 至 99", "a whole number, 0 to 99"),
    "site.right.seconds": ("整数秒，10 至 3600", "whole seconds, 10 to 3600"),
    "site.right.shown": ("整数行数，1 至 16", "a whole number of lines, 1 to 16"),
    "site.right.flash": ("整数毫秒，0 至 10000", "whole milliseconds, 0 to 10000"),
    "site.right.languages": ('由 cmn、yue、en 组成的列表，例如 ["cmn"]', 'a list of cmn, yue, en, such as ["cmn"]'),
    "site.right.rows": ("表的列表，最多 5000 行", "a list of tables, at most 5000"),
    "site.right.table": ("一个表", "a table"),
    "site.error.no_site": (
        "没有站点“{value}”；请写随产品提供的站点名（{known}）或站点文件的路径",
        "no site {value}; give the name of one that comes with the product ({known}), or the path of a site file",
    ),
    "site.error.unreadable": (
        "读不到站点文件（{reason}）；请检查路径和权限",
        "the site file cannot be read ({reason}); check its path and permissions",
    ),
    "site.error.too_big": (
        "站点文件超过 {limit} 字节；请确认是不是站点文件",
        "the site file has more than {limit} bytes; is it a site file?",
    ),
    "site.error.not_utf8": (
        "第 {byte} 字节不是 UTF-8；请用 UTF-8 编码保存",
        "byte {byte} is not UTF-8; save the file as UTF-8",
    ),
    "site.error.not_toml": ("不是正确的 TOML：{reason}", "not TOML: {reason}"),
    "site.error.more": ("另有 {count} 处错误没有列出", "{count} more errors are not listed"),
    "site.error.not_a_table": ("{value} 应为一个表", "{value}: a table is expected here"),
    "site.error.unknown_key": (
        "没有这个键；是否为 {guess}？可用的键：{known}",
        "no such key; is {guess} meant? Keys here: {known}",
    ),
    "site.error.wrong_value": ("{value} 不对；应为{right}", "{value} is wrong; expected: {right}"),
    "site.error.missing_key": ("缺少 {missing}；应为{right}", "{missing} is missing; expected: {right}"),
    "site.error.twice": (
        "编号 {value} 已用于 {first}；请换一个",
        "{value} is already the id of {first}; choose another",
    ),
    "site.error.reserved": (
        "编号 {value} 留给中心自己使用；请换一个",
        "{value} is reserved for the hub itself; choose another",
    ),
    "site.error.prefix_twice": (
        "票号前缀 {value} 已用于 {first}；全站前缀不能重复，请换一个",
        "prefix {value} is already that of {first}; a prefix may be used once in a site, choose another",
    ),
    "site.error.number_twice": (
        "窗口号 {value} 已用于 {first}；同一服务厅内窗口号不能重复",
        "window number {value} is already that of {first}; numbers are unique within a hall",
    ),
    "site.error.service_twice": (
        "业务 {value} 在 {first} 里写了两次；请删去一个",
        "service {value} is listed twice in {first}; remove one",
    ),
    "site.error.no_halls": (
        "没有服务厅；请至少写一个 [[halls]]",
        "there is no hall; write at least one [[halls]]",
    ),
    "site.error.silent_hall": (
        "服务厅 {value} 有窗口但没有广播分区；请把它写进 broadcast.channels 某一行的 halls",
        "hall {value} has windows but no channel; add it to halls of a row of broadcast.channels",
    ),
    "site.error.many_services": (
        "有 {count} 项业务，显示屏最多显示 {limit} 项；请合并或分厅",
        "{count} services, a display shows at most {limit}; merge some or split the hall",
    ),
    "site.error.unserved": (
        "没有窗口办理业务 {value}；请写进某个窗口的 services，或删去该业务",
        "no window serves {value}; add it to services of a window, or remove the service",
    ),
    "site.error.no_service": (
        "没有业务 {value}；可选：{known}",
        "there is no service {value}; there is: {known}",
    ),
    "site.error.no_kind": (
        "没有设备类型 {value}；可选：{known}",
        "there is no device kind {value}; there is: {known}",
    ),
    "site.error.terminal_here": (
        "{value} 要写在所属窗口那一行（windows 的 {value}），不写在 devices 里",
        "a {value} is declared by its window's row (key {value} of windows), not in devices",
    ),
    "site.error.strip_here": (
        "{value} 有像素和区域，要写成 [[halls.strips]] 或 [[public.strips]]",
        "a {value} has pixels and regions: write it as [[halls.strips]] or [[public.strips]]",
    ),
    "site.error.needs_hall": (
        "{value} 显示所在服务厅的排队情况；请写进某个 [[halls]] 的 devices",
        "a {value} shows the queues of its hall; write it in devices of one of the [[halls]]",
    ),
    "site.error.no_regions": (
        "条屏没有区域；至少写一个，例如 x = 0, width = {width}",
        "the strip has no region; write at least one, such as x = 0, width = {width}",
    ),
    "site.error.outside": (
        "区域到 {end} 像素，超出条屏宽度 {width}；width 最多 {most}",
        "the region ends at {end} px, the strip at {width} px; width may be at most {most}",
    ),
    "site.error.window_or_text": (
        "一个区域写 window 或 text 其中之一",
        "a region has either window or text: write one of them",
    ),
    "site.error.no_window": (
        "没有窗口 {value}；可选：{known}",
        "there is no window {value}; there is: {known}",
    ),
    "site.error.overlap": (
        "与区域 {other} 重叠；x 至少为 {end}",
        "overlaps the region of {other}; x must be at least {end}",
    ),
    "site.error.amplifier_twice": (
        "功放 {value} 已用于 {first}；一台功放只属于一个广播分区，两厅共用时写在同一行的 halls",
        "amplifier {value} already plays {first}; for two halls write both in halls of that row",
    ),
    "site.error.two_channels": (
        "服务厅 {value} 已在 {first}；一个服务厅只属于一个广播分区",
        "hall {value} already hears {first}; a hall has one channel",
    ),
    "site.error.no_amplifier": (
        "没有功放 {value}；可选：{known}",
        "there is no amplifier {value}; there is: {known}",
    ),
    "site.error.no_hall": ("没有服务厅 {value}；可选：{known}", "there is no hall {value}; there is: {known}"),
    "site.warning.no_kiosk": (
        "服务厅 {value} 有业务但没有取号机",
        "hall {value} has services but no ticket kiosk",
    ),
    "site.warning.no_display": (
        "服务厅 {value} 有窗口但没有综合显示屏",
        "hall {value} has windows but no hall display",
    ),
    "site.warning.far_service": (
        "业务 {value} 属于服务厅 {hall}，群众要走过来办理",
        "service {value} belongs to hall {hall}; its visitors must walk here",
    ),
    "site.warning.no_region": (
        "没有条屏显示窗口 {value}；可在条屏的 regions 里加一行",
        "no strip shows window {value}; add a row to regions of a strip",
    ),
    "site.warning.no_terminal": ("窗口 {value} 没有 {missing}", "window {value} has no {missing}"),
    "site.warning.no_floor": (
        "设备 {value} 不在服务厅内，也没有写楼层；请加 floor",
        "device {value} is outside the halls and has no floor; add floor",
    ),
    "site.warning.no_channel": (
        "没有广播分区使用功放 {value}；不会播放任何内容",
        "no channel uses amplifier {value}; it will never play",
    ),
}
