"""Flashing boards: what the installer reads."""

WORDS: "dict[str, tuple[str, str]]" = {
    # Flashing boards: what the installer reads (tools/flash.py).
    "flash.step.hub": ("查询中心服务器", "ask the hub"),
    "flash.step.image": ("写入 MicroPython", "write MicroPython"),
    "flash.step.find": ("识别开发板", "find the board"),
    "flash.step.compile": ("编译", "compile"),
    "flash.step.compare": ("比对", "compare"),
    "flash.step.erase": ("清空", "erase"),
    "flash.step.copy": ("复制程序", "copy the program"),
    "flash.step.switch": ("切换分区", "switch the slot"),
    "flash.step.identity": ("写入身份", "write the identity"),
    "flash.step.restart": ("重启", "restart"),
    "flash.step.online": ("等待上线", "wait until online"),
    "flash.step.label": ("打印标签", "make the label"),
    "flash.done": ("完成", "done"),
    "flash.failed": ("未完成", "failed"),
    "flash.right": ("一致", "as it should be"),
    "flash.would": ("将改动 {what}", "would change {what}"),
    "flash.changes": ("有改动", "changes"),
    "flash.nothing": ("无需改动", "nothing to change"),
    "flash.table.title": ("烧录结果", "boards"),
    "flash.table.port": ("串口", "port"),
    "flash.table.device": ("设备", "device"),
    "flash.table.kind": ("类型", "kind"),
    "flash.table.mac": ("MAC", "MAC"),
    "flash.table.version": ("版本", "version"),
    "flash.table.sent": ("写入", "written"),
    "flash.table.seconds": ("秒", "s"),
    "flash.table.result": ("结果", "result"),
    "flash.summary": ("{good} 块完成，{bad} 块未完成；报告：{report}", "{good} done, {bad} not; report: {report}"),
    "flash.summary.again": (
        "修正后用同一命令再运行一次：已完成的不会重做",
        "mend that and run the same command again: what is done is not done twice",
    ),
    "flash.letting_go": (
        "正在放开各板，最多 {seconds} 秒；再按一次 Ctrl-C 就不再等，板子停在当前状态",
        "letting the boards go, up to {seconds} s; Ctrl-C once more leaves them as they are",
    ),
    "flash.label.version": ("版本 {version}", "version {version}"),
    "flash.label.board": ("板号 {id}", "board {id}"),
    "flash.fault.no_port": (
        "没有串口 {port}；插好开发板（用数据线，不是充电线）后再试。现有：{known}",
        "there is no port {port}; plug the board in (with a data cable, not a charging cable). There are: {known}",
    ),
    "flash.fault.no_permission": (
        "无权使用 {port}；运行 sudo usermod -aG dialout $USER，注销后重新登录",
        "you may not use {port}; run sudo usermod -aG dialout $USER, then log out and in again",
    ),
    "flash.fault.port_busy": (
        "{port} 正被 {who} 使用；关闭它再试",
        "{port} is in use by {who}; close that and try again",
    ),
    "flash.fault.no_answer": (
        "{port} 上的开发板没有应答；按一下 RESET，或断电再上电。"
        "没有 MicroPython 的新板要加 --image（ESP32：按住 BOOT 再按 RESET）",
        "the board at {port} does not answer; push its RESET button, or cut its power for a moment. "
        "A new board without MicroPython needs --image "
        "(ESP32: hold BOOT while you push RESET)",
    ),
    "flash.fault.no_rom": (
        "{port} 上的芯片没有进入下载模式；按住 BOOT，按一下 RESET，松开 BOOT 再试（{said}）",
        "the chip at {port} is not in download mode; hold BOOT, push RESET, let go of BOOT, and try again ({said})",
    ),
    "flash.fault.unplugged": (
        "{port} 在“{step}”时断开；检查数据线和供电，再运行同一命令即可，板子不会损坏",
        "{port} was lost during “{step}”; check cable and power and run the same command again, nothing is broken",
    ),
    "flash.fault.board_says": (
        "{port} 上的开发板在“{step}”时报错：{said}；再试一次，不行就加 --erase，还不行就加 --image --erase",
        "the board at {port} failed during “{step}”: {said}; try again, then with --erase, then with --image --erase",
    ),
    "flash.fault.wrong_chip": (
        "{port} 上是 {found}，而 {profile} 要的是 {wanted}；换一块板，或用 --profile 指定别的板型",
        "at {port} is a {found}, but {profile} is made for a {wanted}; take another board, or name it with --profile",
    ),
    "flash.fault.which_profile": (
        "{port} 上的芯片 {found} 不止对应一种板型或没有对应；用 --profile 指定：{known}",
        "no single profile is made for the chip at {port}, {found}; name one with --profile: {known}",
    ),
    "flash.fault.which_computer": (
        "{kind}可用的电脑板型不止一种或没有；用 --profile 指定：{known}",
        "no single computer profile can be this kind, {kind}; name one with --profile: {known}",
    ),
    "flash.fault.folder": (
        "文件夹 {folder}：{said}；排除后再运行同一条命令",
        "folder {folder}: {said}; mend that and run the same command again",
    ),
    "flash.fault.bytecode": (
        "板上的 MicroPython 运行第 {found} 版字节码，编译器产生第 {wanted} 版；用 --image 写入新的 MicroPython",
        "the board's MicroPython runs bytecode version {found}, the compiler makes {wanted}; write a new MicroPython "
        "with --image",
    ),
    "flash.fault.compile": (
        "程序无法编译：{said}；运行 make .venv/ready 重装编译器，再运行同一命令",
        "the program cannot be compiled: {said}; install the compiler anew with make .venv/ready, and run the same "
        "command again",
    ),
    "flash.fault.no_tool": (
        "本机没有 {tool}；运行 make .venv/ready 安装",
        "there is no {tool} on this computer; install it with make .venv/ready",
    ),
    "flash.fault.profile": ("{why}", "{why}"),
    "flash.fault.no_space": (
        "{port} 的闪存放不下：需要 {needed} kB，剩 {free} kB；加 --erase 清空后再写",
        "the flash at {port} is too full: {needed} kB needed, {free} kB free; empty it with --erase",
    ),
    "flash.fault.no_files": (
        "{port} 上的开发板没有可用的文件系统；加 --image --erase 重写",
        "the board at {port} has no file system that can be read; write it anew with --image --erase",
    ),
    "flash.fault.not_same": (
        "写到 {port} 的 {path} 读回不一致；换一根数据线再试，仍不行说明闪存已坏，换板",
        "{path} reads back differently from {port}; try another cable; if it stays so, the flash is worn out: take "
        "another board",
    ),
    "flash.fault.differs": (
        "{port} 与应有的不一致：{what}；不带 --verify 再运行一次即可改正",
        "{port} is not as it should be: {what}; run it again without --verify to mend that",
    ),
    "flash.fault.hub_silent": (
        "中心服务器 {url} 没有应答（{reason}）；用 hallhub up 启动它，或用 --folder、--hub 指定别的",
        "no hub answers at {url} ({reason}); start it with hallhub up, or name another with --folder or --hub",
    ),
    "flash.fault.hub_stranger": (
        "{url} 应答的不是中心服务器；检查 --folder 或 --hub",
        "what answers at {url} is no hub; check --folder or --hub",
    ),
    "flash.fault.hub_token": (
        "读不到或不接受中心服务器的令牌 {file}（{reason}）；用 --folder 指定中心服务器的文件夹，或用 --token-file",
        "the hub's token {file} cannot be read or is refused ({reason}); name the hub's folder with --folder, or "
        "--token-file",
    ),
    "flash.fault.not_token": (
        "{file} 里不是令牌；--token-file 要的是中心服务器文件夹中 admin.token 的副本",
        "{file} holds no token; --token-file wants a copy of admin.token from the hub's folder",
    ),
    "flash.fault.open_token": (
        "{file} 别人也能读，而令牌能开启一切；请运行 chmod 600 {file}",
        "others can read {file}, and its token opens everything; run: chmod 600 {file}",
    ),
    "flash.fault.hub_url": (
        "--hub {url} 不能用：令牌不得明文过网；请经隧道用本机地址，如 http://127.0.0.1:8780，或用 https 地址",
        "--hub {url} will not do: the token must not cross the network in clear text; use this machine's end of a "
        "tunnel, such as http://127.0.0.1:8780, or an https address",
    ),
    "flash.fault.hub_no": (
        "中心服务器 {url} 拒绝：{said}；照此排除后再运行同一命令",
        "the hub {url} said no: {said}; mend that and run the same command again",
    ),
    "flash.fault.id_unknown": (
        "中心服务器不认识设备 {id}；相近的有 {near}。新设备先用 hallhub devices add 添加",
        "the hub knows no device {id}; near it are {near}. Add a new one with hallhub devices add",
    ),
    "flash.fault.id_online": (
        "{id}（{place}）已在别的板上在线；编号写错就改正，要让这块板接替就加 --replace",
        "{id} ({place}) is online on another board; mend the id, or let this board take over with --replace",
    ),
    "flash.fault.loopback": (
        "中心服务器只在本机 {host} 监听，板子连不上；用 hallhub up --mqtt-host 本机地址 --tls 启动",
        "the hub listens on {host} only, where no board can reach it; start it with hallhub up --mqtt-host ADDRESS "
        "--tls",
    ),
    "flash.fault.not_online": (
        "{id} 没有上线：检查网线和交换机供电；板子说：{said}",
        "{id} did not come online: check its network cable and the switch; the board says: {said}",
    ),
    "flash.fault.safe_mode": (
        "{id} 上线了，但程序启动失败，处于安全模式；板子说：{said}。检查部件接线，核对板型（--profile）和"
        "现场文件中的设备参数，断电再上电，再运行同一命令",
        "{id} is online, but in safe mode: its program does not start. The board says: {said}. Check the wiring of its "
        "parts, the profile (--profile) and its settings in the site file, cut its power for a "
        "moment, and run the same command again",
    ),
    "flash.fault.other_version": (
        "{id} 以版本 {found} 上线，而不是 {wanted}；断电再上电，然后再运行同一命令",
        "{id} came online with version {found}, not {wanted}; cut its power for a moment, and run the "
        "same command again",
    ),
    "flash.fault.image_failed": (
        "写入 {port} 的 MicroPython 失败：{said}；按住 BOOT 按一下 RESET 再试",
        "MicroPython could not be written to {port}: {said}; hold BOOT, push RESET, and try again",
    ),
    "flash.fault.not_uf2": (
        "{path} 不是这种芯片的 UF2 映像；检查板型的 image.file",
        "{path} is no UF2 image for this chip; check image.file of the profile",
    ),
    "flash.fault.no_drive": (
        "没有找到板子的 U 盘；按住 BOOTSEL 插上数据线，或用 --drive 指定",
        "the board's drive is not there; hold BOOTSEL while you plug the cable in, or name it with --drive",
    ),
    "flash.fault.many_drives": (
        "有几个板子的 U 盘：{drives}；用 --drive 指定一个",
        "there is more than one drive of a board: {drives}; name one with --drive",
    ),
    "flash.fault.drive_failed": (
        "写入 {drive} 失败：{reason}；重新插上再试",
        "{drive} could not be written: {reason}; plug it in again and retry",
    ),
    "flash.fault.drive_stays": (
        "{drive} 没有接受映像；重新按住 BOOTSEL 插上再试",
        "{drive} did not take the image; hold BOOTSEL, plug it in again, and retry",
    ),
    "flash.fault.label": (
        "板子已写好并上线，但标签写不进 {folder}：{reason}；用 --labels 指定别的文件夹，再运行同一命令",
        "the device is ready, but its label cannot be written into {folder}: {reason}; name another folder with "
        "--labels and run the same command again",
    ),
    "flash.fault.report": (
        "报告写不进 {path}：{reason}；结果见上表，用 --report 指定别处再运行同一命令即可得到报告",
        "the report {path} cannot be written: {reason}; the outcome is shown above. To have the report, name another "
        "place with --report and run the same command again",
    ),
    "flash.fault.unexpected": (
        "{port} 在“{step}”时出了意料之外的问题：{what}；再运行同一命令，仍然如此就把报告旁的 .log 文件（或加 --verbose "
        "后显示的内容）交给软件维护人员",
        "at {port} something unforeseen happened during “{step}”: {what}; run the same command again. If it stays so, "
        "give the .log file beside the report, or what --verbose shows, to whoever maintains this program",
    ),
    "flash.fault.interrupted": (
        "在“{step}”时被中断；没有损坏，再运行同一命令就接着做完",
        "interrupted during “{step}”; nothing is broken, run the same command again and it goes on from there",
    ),
    "flash.fault.not_begun": (
        "中断时还没有轮到；再运行同一命令",
        "interrupted before it was begun; run the same command again",
    ),
    "flash.fault.crate": ("{file} 第 {line} 行：{why}", "{file}, line {line}: {why}"),
    "flash.crate.columns": (
        "需要列 port,device，可加 profile,image,drive,replace,erase；不认识 {columns}",
        "columns port,device are needed, profile,image,drive,replace,erase possible; unknown: {columns}",
    ),
    "flash.crate.empty": ("没有设备", "no devices"),
    "flash.crate.missing": ("缺少 {column}", "{column} is missing"),
    "flash.crate.twice": ("{value} 已在第 {first} 行", "{value} is already in line {first}"),
    "flash.crate.flag": ("{column} 应为 yes、no 或空，不是 {value}", "{column} must be yes, no or empty, not {value}"),
    "flash.crate.drive": (
        "{drive} 不是板子的 U 盘（没有 INFO_UF2.TXT）；按住 BOOTSEL 插上数据线，写出完整路径；"
        "MicroPython 已写好就把 image 改为 no",
        "{drive} is no drive of a board (it has no INFO_UF2.TXT); hold BOOTSEL while you plug the cable in, and give "
        "the whole path; if MicroPython is written already, say no under image",
    ),
    "flash.crate.unreadable": ("读不出：{reason}", "cannot be read: {reason}"),
}
