"""Board profiles: what is wrong, what a good value is, why a pin is taken."""

WORDS: "dict[str, tuple[str, str]]" = {
    # Board profiles: what is wrong, what a good value is, why a pin is taken.
    "profile.wrong.no_profile": ("没有这个开发板配置；现有：{known}", "no such board profile; there are: {known}"),
    "profile.wrong.not_readable": ("无法读取（{why}）", "cannot be read ({why})"),
    "profile.wrong.not_toml": ("不是有效的 TOML（{why}）", "not valid TOML ({why})"),
    "profile.wrong.not_a_table": ("应为一个表，写的是 {value}", "should be a table, is {value}"),
    "profile.wrong.unknown_key": (
        "没有这个键（最接近：{guess}）；可用：{known}",
        "no such key (nearest: {guess}); possible: {known}",
    ),
    "profile.wrong.missing_key": ("缺少 {missing}；应为{right}", "{missing} is missing; it should be {right}"),
    "profile.wrong.wrong_value": ("不能是 {value}；应为{right}", "cannot be {value}; it should be {right}"),
    "profile.wrong.unknown_chip": ("没有芯片 {value}；可用：{known}", "no chip {value}; possible: {known}"),
    "profile.wrong.unknown_driver": (
        "没有驱动 {value}；此处可用：{known}",
        "no driver {value}; possible here: {known}",
    ),
    "profile.wrong.wrong_place": (
        "驱动 {value} 不能用在这里；此处可用：{known}",
        "the driver {value} does not belong here; possible here: {known}",
    ),
    "profile.wrong.not_here": (
        "驱动 {value} 不能在 {chip} 上运行，只能用于：{where}",
        "the driver {value} does not run on {chip}, only on: {where}",
    ),
    "profile.wrong.unknown_kind": (
        "没有这种设备类型（最接近：{guess}）；可用：{known}",
        "no such device kind (nearest: {guess}); possible: {known}",
    ),
    "profile.wrong.not_this_kind": (
        "这块板不能做 {kind}；可以做：{known}",
        "this board cannot be a {kind}; it can be: {known}",
    ),
    "profile.wrong.unknown_part": (
        "{kind} 没有这个部件；它的部件：{known}",
        "a {kind} has no such part; it has: {known}",
    ),
    "profile.wrong.missing_part": ("{kind} 缺少部件 {missing}", "the part {missing} of a {kind} is missing"),
    "profile.wrong.wrong_part": (
        "驱动 {value} 不能做部件 {part}，请换一个驱动",
        "the driver {value} cannot serve as {part}; name another driver",
    ),
    "profile.wrong.no_such_pin": (
        "{chip} 没有 GPIO{pin}，请改用芯片有的引脚",
        "{chip} has no GPIO{pin}; use a pin that the chip has",
    ),
    "profile.wrong.pin_held": (
        "不能用 GPIO{pin}：{why}；请改用空闲引脚",
        "GPIO{pin} cannot be used: {why}; use a free pin",
    ),
    "profile.wrong.input_only": (
        "GPIO{pin} 只能作输入；空闲引脚：{free}",
        "GPIO{pin} is an input only; free pins: {free}",
    ),
    "profile.wrong.no_adc": (
        "GPIO{pin} 不能测量电压；可用引脚：{good}",
        "GPIO{pin} cannot measure a voltage; pins that can: {good}",
    ),
    "profile.wrong.no_pull": (
        'GPIO{pin} 没有内部上下拉；请外接电阻并写 pull = "none"',
        'GPIO{pin} has no pull resistors; fit one outside and write pull = "none"',
    ),
    "profile.wrong.pin_not_free": (
        "GPIO{pin} 没有引出或已被板上占用；空闲引脚：{free}",
        "GPIO{pin} is not on a connector, or the board uses it; free pins: {free}",
    ),
    "profile.wrong.pin_taken": (
        "GPIO{pin} 已被 {other} 占用，请改用别的引脚",
        "GPIO{pin} is used by {other}; use another pin",
    ),
    "profile.wrong.bus_taken": (
        "{driver} {number} 已被 {other} 占用，请换一个编号；可用编号：{known}",
        "{driver} {number} is used by {other}; take another of: {known}",
    ),
    "profile.wrong.bus_shared": (
        "总线 {value} 上还有 {other}，而 {driver} 没有片选；请在 [buses] 中给它单独的总线",
        "{other} is on {value} too, and {driver} has no chip select; give it a bus of its own under [buses]",
    ),
    "profile.wrong.no_miso": (
        "缺少 miso：{other} 的网络芯片要在这根线上回答；请写上它接的引脚",
        "miso is missing: the chip of {other} answers on it; name the pin that it is wired to",
    ),
    "profile.wrong.rmii_clock_in": (
        "RMII 时钟不能从 GPIO{pin} 输入；只能用：{good}",
        "the RMII clock cannot come in on GPIO{pin}, only on: {good}",
    ),
    "profile.wrong.rmii_clock_out": (
        "RMII 时钟不能从 GPIO{pin} 输出；只能用：{good}",
        "the RMII clock cannot go out on GPIO{pin}, only on: {good}",
    ),
    "profile.wrong.not_in_a_row": (
        "r1、g1、b1、r2、g2、b2 必须是连续六个引脚，这里应为 GPIO{pin}",
        "r1, g1, b1, r2, g2, b2 must be six pins in a row: it should be GPIO{pin}",
    ),
    "profile.wrong.limits_crossed": (
        "必须大于 {other}（{value}）；顺序是 short_below、alarm_from、open_from",
        "must be more than {other} ({value}); the order is short_below, alarm_from, open_from",
    ),
    "profile.wrong.host_or_device": (
        "不知道怎样连接：联网的写 host，串口的写 device",
        "not said how to reach it: write host if it is on the network, device if it is on a serial line",
    ),
    "profile.wrong.host_and_device": (
        "host 和 device 只能写一个：联网的留 host，串口的留 device",
        "host and device are both written: keep host if it is on the network, device if it is on a serial line",
    ),
    "profile.wrong.codes_twice": (
        "按键码 {codes} 写了不止一次；每个键写自己的码",
        "written more than once: {codes}; give each key its own code",
    ),
    "profile.wrong.codes_of_kind": (
        "{kind} 有 {count} 个键，写了 {found} 个码；请按顺序每个键写一个",
        "a {kind} has {count} keys, and {found} codes are written; write one for each key, in their order",
    ),
    "profile.wrong.image_offset": (
        "{chip} 的镜像从 {offset} 开始，请写 offset = {offset}",
        "an image of {chip} begins at {offset}; write offset = {offset}",
    ),
    "profile.wrong.uf2_only": (
        "{chip} 只收 UF2 镜像，请写 is_uf2 = true",
        "{chip} takes UF2 images only; write is_uf2 = true",
    ),
    "profile.wrong.not_uf2": (
        "{chip} 不收 UF2 镜像，请删去 is_uf2",
        "{chip} takes no UF2 images; remove is_uf2",
    ),
    "profile.wrong.node_taken": ("{pin} 已被 {other} 占用", "{pin} is used by {other}"),
    "profile.wrong.no_bus": (
        "没有名为 {value} 的 {sort} 总线；已有：{known}；请在 [buses] 中添加",
        "no {sort} bus named {value}; there are: {known}; add it under [buses]",
    ),
    "profile.wrong.no_such_bus": (
        "芯片没有 {driver} {number}；可用编号：{known}",
        "the chip has no {driver} {number}; possible numbers: {known}",
    ),
    "profile.wrong.bus_reach": (
        "{signal} 不能接 GPIO{pin}；可接：{good}",
        "{signal} does not reach GPIO{pin}; it reaches: {good}",
    ),
    "profile.wrong.ws_after_sck": (
        "此芯片的 ws 必须紧跟 sck，应为 GPIO{pin}",
        "on this chip ws must follow sck: it should be GPIO{pin}",
    ),
    "profile.wrong.watchdog_range": (
        "{chip} 的看门狗只能是 {shortest} 到 {longest} 毫秒",
        "the watchdog of {chip} takes {shortest} to {longest} ms",
    ),
    "profile.wrong.no_watchdog": (
        "{chip} 没有可用的硬件看门狗，请删去 [watchdog]",
        "{chip} has no hardware watchdog here; remove [watchdog]",
    ),
    "profile.wrong.needed_here": ("{chip} 的配置必须有这个表", "a profile of {chip} must have this table"),
    "profile.wrong.flash_too_small": (
        "闪存 {size} kB，两个槽占 {slots} kB，ROM 分区占 {rom} kB，只剩 {left} kB；请减小或换一块板",
        "of {size} kB two slots take {slots} kB and the ROM partition {rom} kB, {left} kB are left; "
        "ask for less or use another board",
    ),
    "profile.wrong.heap_too_small": (
        "板上堆内存 {board} kB（{bits} 位），预算最多 {most} kB",
        "the board has {board} kB of heap ({bits}-bit), so the budget is at most {most} kB",
    ),
    "profile.wrong.heap_of_kind": (
        "{kind}（{parts}）要 {need} kB 堆内存（按 64 位计），预算只有 {budget} kB；请写 {need}，或换用更省的部件",
        "a {kind} with {parts} needs {need} kB of heap (64-bit words), the budget is {budget} kB; write {need}, "
        "or take plainer parts",
    ),
    "profile.wrong.heap_of_update": (
        "{kind} 在线升级要板上有 {need} kB 堆内存，这里只有 {board} kB；请换一块板，或从配置中删去这类设备",
        "an update of a {kind} over the air needs a board with {need} kB of heap, this one has {board} kB; "
        "take another board, or leave this kind out of the profile",
    ),
    "profile.wrong.no_image_here": ("{chip} 不需要烧写镜像", "{chip} takes no image"),
    "profile.wrong.image_not_given": (
        "没有给出镜像：请下载 MicroPython {build}，在覆盖文件 {name}.toml 的 [image] 写 file 和 sha256",
        "no image given: fetch MicroPython's {build}; write file and sha256 under [image] of your overlay {name}.toml",
    ),
    "profile.wrong.no_image_file": (
        "没有镜像文件 {path}，请放好文件或改正路径",
        "no image file {path}; put it there or correct the path",
    ),
    "profile.wrong.wrong_image": (
        "{path} 的 SHA-256 是 {found}，应为 {wanted}；请重新下载核对",
        "the SHA-256 of {path} is {found}, not {wanted}; fetch it again and compare",
    ),
    "profile.right.text": ("1 到 80 个字的文字", "a text of 1 to 80 characters"),
    "profile.right.table": ("一个表", "a table"),
    "profile.right.tables": ("由若干表组成的表", "a table of tables"),
    "profile.right.sha256": ("64 位小写十六进制数", "64 hexadecimal digits in lower case"),
    "profile.right.kb": ("以 kB 计的正整数", "a whole number of kB"),
    "profile.right.ms": ("1 到 3600000 的毫秒数", "1 to 3600000 milliseconds"),
    "profile.right.folder": ("以 / 开头的文件夹，如 /data", "a folder that begins with /, such as /data"),
    "profile.right.file": ("文件路径", "the path of a file"),
    "profile.right.pins": ("引脚编号的列表，如 [1, 2]", "a list of pin numbers, such as [1, 2]"),
    "profile.right.sources": ("至少一个出处", "at least one source"),
    "profile.right.offset": ("闪存中的位置，如 0x1000", "a place in flash, such as 0x1000"),
    "profile.right.flag": ("true 或 false", "true or false"),
    "profile.right.system": ("littlefs 或 host", "littlefs or host"),
    "profile.right.psram": ("none、quad 或 octal", "none, quad or octal"),
    "profile.right.pin": ("芯片的 GPIO 编号", "a GPIO number of the chip"),
    "profile.right.number": ("0 到 31 的编号", "a number from 0 to 31"),
    "profile.right.state_machine": ("0 到 11 的编号", "a number from 0 to 11"),
    "profile.right.hold_ms": ("0 到 10000 毫秒", "0 to 10000 ms"),
    "profile.right.debounce_ms": ("1 到 500 毫秒", "1 to 500 ms"),
    "profile.right.usb_ids": (
        "USB 厂商和产品编号，如 0400:c35a",
        "vendor and product of a USB device, such as 0400:c35a",
    ),
    "profile.right.matrix": ("六个数的列表，或空列表", "a list of six numbers, or an empty one"),
    "profile.right.permille": ("1 到 999 的千分数", "1 to 999 permille"),
    "profile.right.pull": ("up、down 或 none", "up, down or none"),
    "profile.right.hz": ("100000 到 80000000 赫兹", "100000 to 80000000 Hz"),
    "profile.right.baud": ("300 到 3000000 波特", "300 to 3000000 baud"),
    "profile.right.buffer_bytes": ("2048 到 64000 字节", "2048 to 64000 bytes"),
    "profile.right.brightness": ("1 到 31 的亮度", "a brightness from 1 to 31"),
    "profile.right.brightness_255": ("1 到 255 的亮度", "a brightness from 1 to 255"),
    "profile.right.node": ("/dev 下的设备文件", "a device file under /dev"),
    "profile.right.usb_id": (
        "四位十六进制的厂商号和产品号，如 0483:5743",
        "vendor and product in four hexadecimal digits each, such as 0483:5743",
    ),
    "profile.right.hex_bytes": ("至多 16 字节的十六进制，如 1d61ff", "up to 16 bytes in hexadecimal, such as 1d61ff"),
    "profile.right.printer_model": (
        "drivers/printer_models.py 中的一个型号，如 chinese_80",
        "a model of drivers/printer_models.py, such as chinese_80",
    ),
    "profile.right.interface": ("网络接口名，如 eth1", "a network interface, such as eth1"),
    "profile.right.interfaces": ("网络接口名的列表", "a list of network interfaces"),
    "profile.right.cuts": ("递增的列号列表，每个后续接口一个", "rising columns, one for each further interface"),
    "profile.right.card_px": ("16 到 2048 列", "16 to 2048 columns"),
    "profile.right.refresh_ms": ("0（从不）到 3600000 毫秒", "0 (never) to 3600000 ms"),
    "profile.right.flags": ("0888 或 0880", "0888 or 0880"),
    "profile.right.order": ("bgr、rgb、grb、gbr、rbg 或 brg", "bgr, rgb, grb, gbr, rbg or brg"),
    "profile.right.sync": ("0107 或 0101", "0107 or 0101"),
    "profile.right.host": ("主机名或 IP 地址", "a host name or IP address"),
    "profile.right.tcp_port": ("1 到 65535 的端口", "a port from 1 to 65535"),
    "profile.right.generation": ("5k、6k 或 6q，见控制卡标签", "5k, 6k or 6q, as the controller's label says"),
    "profile.right.byte": ("0 到 255 的整数", "a whole number from 0 to 255"),
    "profile.right.word": ("0 到 65535 的整数", "a whole number from 0 to 65535"),
    "profile.right.register": ("寄存器地址，例如 0x02000001", "the address of a register, such as 0x02000001"),
    "profile.right.x_unit": ("1 或 8 像素", "1 or 8 pixels"),
    "profile.right.colours": ("1 或 2 种颜色", "1 or 2 colours"),
    "profile.right.font_px": ("16、24 或 32 像素", "16, 24 or 32 pixels"),
    "profile.right.group": (
        "组播地址，224.0.0.0 至 239.255.255.255",
        "a multicast address, 224.0.0.0 to 239.255.255.255",
    ),
    "profile.right.udp_port": ("1024 到 65534 的端口", "a port from 1024 to 65534"),
    "profile.right.ttl": ("1 到 255 跳", "1 to 255 hops"),
    "profile.right.card_address": ("本机网卡的 IPv4 地址，或空", "the IPv4 address of a network card here, or empty"),
    "profile.right.law": ("a 或 u", "a or u"),
    "profile.right.planes": ("1 到 4 个位平面", "1 to 4 bit-planes"),
    "profile.right.line_us": ("1 到 1000 微秒", "1 to 1000 microseconds"),
    "profile.right.sound": ("ALSA 设备名，如 default", "an ALSA device, such as default"),
    "profile.right.codes": ("1 到 64 个按键码的列表", "a list of 1 to 64 key codes"),
    "profile.right.degrees": ("0、90、180 或 270", "0, 90, 180 or 270"),
    "profile.right.bus": ("[buses] 中的一个名字", "a name under [buses]"),
    "profile.right.phy": ("lan8710、lan8720、ip101 或 rtl8201", "lan8710, lan8720, ip101 or rtl8201"),
    "profile.pin.flash": ("芯片的闪存在用", "the chip's flash is on it"),
    "profile.pin.psram": ("PSRAM 在用", "the PSRAM is on it"),
    "profile.pin.usb": ("USB 在用", "USB is on it"),
    "profile.pin.console": ("串口控制台在用", "the serial console is on it"),
    "profile.pin.strapping": (
        "它在上电时决定芯片怎样启动",
        "at power-on it decides how the chip starts",
    ),
}
