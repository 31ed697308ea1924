"""Checking a site file: one line each, after the file, the line number and the key."""

WORDS: "dict[str, tuple[str, str]]" = {
    # Checking a site file: hub/site_file. One line each, after the file, the line number and the key.
    "site.right.slug": (
        "小写字母、数字和连字符，字母或数字开头，1 至 48 个字符",
        "lower-case letters, digits and hyphens, beginning with a letter or digit, 1 to 48 characters",
    ),
    "site.right.slugs": ('至少一个编号的列表，例如 ["hukou-id-card"]', "a list of ids, at least one"),
    "site.right.name": ("一行文字，1 至 40 个字符", "one line of text, 1 to 40 characters"),
    "site.right.english": ("一行英文，最多 60 个字符", "one line of English, at most 60 characters"),
    "site.right.badge": ("工号，最多 16 个字符", "a badge number, at most 16 characters"),
    "site.right.person": ("姓名或称呼，最多 24 个字符", "a name, at most 24 characters"),
    "site.right.words": ("一行文字，最多 40 个字符", "one line of text, at most 40 characters"),
    "site.right.text": ("一行文字，最多 80 个字符", "one line of text, at most 80 characters"),
    "site.right.notice": ("一行文字，最多 120 个字符", "one line of text, at most 120 characters"),
    "site.right.prose": ("一行文字，最多 400 个字符", "one line of text, at most 400 characters"),
    "site.right.kind": ("设备类型，例如 ticket_kiosk", "a device kind, such as ticket_kiosk"),
    "site.right.prefix": ("一至两个大写字母，例如 FA", "1 or 2 capital letters, such as FA"),
    "site.right.floor": ("整数楼层，-9 至 200", "a whole number, -9 to 200"),
    "site.right.unit": ("总线地址，1 至 254", "an address on the line, 1 to 254"),
    "site.right.number": ("整数窗口号，1 至 999", "a whole number, 1 to 999"),
    "site.right.metres": ("米数，大于 0，最多 200", "metres, more than 0, at most 200"),
    "site.right.pixels": ("整数像素，1 至 65535", "whole pixels, 1 to 65535"),
    "site.right.height": ("整数像素，1 至 1024", "whole pixels, 1 to 1024"),
    "site.right.offset": ("从条屏左端起的整数像素，0 至 65534", "whole pixels from the strip's left edge, 0 to 65534"),
    "site.right.zone": ("与 UTC 相差的分钟数，-720 至 840（北京时间 480）", "minutes east of UTC, -720 to 840"),
    "site.right.recalls": ("整数次数，0 至 99", "a whole number, 0 to 99"),
    "site.right.seconds": ("整数秒，10 至 3600", "whole seconds, 10 to 3600"),
    "site.right.minutes": ("整数分钟，0 至 1440", "whole minutes, 0 to 1440"),
    "site.right.times": ('时刻列表，例如 ["12:30", "18:00"]', 'a list of times, such as ["12:30", "18:00"]'),
    "site.right.quota": (
        "各开放时段的号数列表，例如 [60, 40]，最后一个用于其后各时段",
        "tickets per opening section, such as [60, 40]; the last holds for all later ones",
    ),
    "site.right.limit": ("整数人数，0 为不限，至 9999", "a whole number of people to 9999; 0 is no limit"),
    "site.right.lent": ("整数个号，0（不预留）至 200", "a whole number, 0 (none) to 200"),
    "site.right.alone": ("整数秒，3 至 600", "whole seconds, 3 to 600"),
    "site.right.undo": ("整数秒，0（不能撤销）至 600", "whole seconds, 0 (nothing can be taken back) to 600"),
    "site.right.days": ("整数天数，0 至 30", "a whole number of days, 0 to 30"),
    "site.right.workdays": ("整数工作日，1 至 60", "a whole number of working days, 1 to 60"),
    "site.right.staff_id": (
        "工号：小写字母、数字和连字符，1 至 32 个",
        "a staff id: 1 to 32 lower-case letters, digits, hyphens",
    ),
    "site.right.late": (
        "queue（现场取号排队）或 refuse（不予签到）",
        "queue (a ticket without precedence) or refuse",
    ),
    "site.right.persons": ("整数人数，1 至 500", "a whole number of persons, 1 to 500"),
    "site.right.yes_no": ("true 或 false", "true or false"),
    "site.right.shown": ("整数行数，1 至 16", "a whole number of lines, 1 to 16"),
    "site.right.lights": (
        '“时:分 百分比”的列表，如 ["07:00 100", "18:30 50"]',
        'times with percents, such as ["07:00 100", "18:30 50"]',
    ),
    "site.right.black_min": ("整数分钟，-1（从不熄灭）至 240", "whole minutes, -1 (never black) to 240"),
    "site.right.ratings": ("整数，0 至 1000", "a whole number, 0 to 1000"),
    "site.right.flash": ("整数毫秒，0 至 10000", "whole milliseconds, 0 to 10000"),
    "site.right.languages": ('由 cmn、yue、en 组成的列表，例如 ["cmn"]', 'a list of cmn, yue, en, such as ["cmn"]'),
    "site.right.percent": ("整数百分比，0 至 100", "a whole percentage, 0 to 100"),
    "site.right.volumes": (
        '由“时刻 音量”组成的列表，例如 ["12:00 60"]',
        'a list of "time percent", such as ["12:00 60"]',
    ),
    "site.right.tunes": (
        '音乐文件名（不含 .wav）的列表，小写字母、数字和连字符，最多 26 个字符，例如 ["morning"]',
        'a list of music files without .wav, lower-case letters, digits and hyphens, at most 26, such as ["morning"]',
    ),
    "site.right.multicast": (
        "组播地址和端口，例如 224.168.168.168:34567",
        "a multicast address and port, such as 224.168.168.168:34567",
    ),
    "site.right.wording": (
        "一句话，其中依次有 {number} 和（可省略的）{window}，最多 80 个字符",
        "a sentence with {number} and then, if wanted, {window}, at most 80 characters",
    ),
    "site.right.rows": ("表的列表，最多 5000 行", "a list of tables, at most 5000"),
    "site.right.table": ("一个表", "a table"),
    "site.right.sections": (
        '一天的开放时段，例如 ["09:00-12:00", "14:00-17:00"]，最多 8 段，空列表为不开放',
        'the sections of a day, such as ["09:00-12:00", "14:00-17:00"], at most 8; an empty list is closed',
    ),
    "site.right.dates": ('日期列表，例如 ["2026-10-01"]', 'a list of dates, such as ["2026-10-01"]'),
    "site.error.sections_order": (
        "{value} 不对；各时段应先后有序、互不相接",
        "{value} is wrong; sections must be in order and apart",
    ),
    "site.error.day_twice": (
        "{value} 既是节假日又是补班日；请删去其一",
        "{value} is both a holiday and an extra working day; take one out",
    ),
    "site.error.hours_alone": (
        "单独的开放时间需要先有全楼的 [hours]",
        "hours of its own need the building's [hours] too",
    ),
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
    "site.error.nowhere": (
        "求助按钮报警时要说明地点；请写 place（位置）或 hall（服务厅）",
        "an alarm must say where it is; give the help button a place or a hall",
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
    "site.error.unit_alone": (
        "window_terminal 和 unit 必须同时写：总线设备的编号和键盘地址",
        "window_terminal and unit go together: the device with the line, and the address on it",
    ),
    "site.error.no_line": (
        "没有 window_terminal 类设备 {value}；可选：{known}",
        "there is no device {value} of kind window_terminal; there is: {known}",
    ),
    "site.error.line_sign_in": (
        "[settings] sign_in = true 时，{value} 无法开窗：按键总线不能登录；请改用 call_terminal 或设 sign_in = false",
        "with sign_in = true in [settings] {value} could never open: nobody can sign in on a keypad line; "
        "give it a call_terminal, or set sign_in = false",
    ),
    "site.error.two_terminals": (
        "已写 window_terminal，不能再写 call_terminal 或 evaluation_terminal",
        "the window has a window_terminal; leave call_terminal and evaluation_terminal out",
    ),
    "site.error.unit_twice": (
        "总线地址 {value} 重复，先前在 {first}",
        "line and address {value} are used before, at {first}",
    ),
    "site.warning.no_units": ("没有窗口使用 {value}", "no window is on the line of {value}"),
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
