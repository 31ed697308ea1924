"""Every way for a profile to be wrong: what is changed in a right one, and what its owner is told."""

from typing import Any

BUTTON, LAMP = "kinds.help_button.parts.button", "kinds.help_button.parts.lamp"
STRIP, SPEAKER = "kinds.window_strip.parts.panel", "kinds.amplifier.parts.speaker"
HUB75: dict[str, Any] = {"driver": "panel_hub75", "r1": 0, "g1": 1, "b1": 2, "r2": 3, "g2": 4, "b2": 5, "clk": 6}
HUB75.update(lat=7, oe=8, a=9, b=10, c=11)
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    # board, what is changed, the key that is named, what the line says
    ("esp32_poe", {f"{LAMP}.pin": 32}, f"{LAMP}.pin", "GPIO32 is used by kinds.help_button.parts.button.pin"),
    ("esp32_poe", {f"{LAMP}.pin": 24}, f"{LAMP}.pin", "esp32 has no GPIO24"),
    ("esp32_poe", {f"{LAMP}.pin": 36}, f"{LAMP}.pin", "GPIO36 is an input only; free pins: 4, 13, 16, 32, 33, 36"),
    ("esp32_poe", {f"{BUTTON}.pin": 36}, f"{BUTTON}.pin", "no pull resistors"),
    (
        "esp32_poe",
        {BUTTON: {"driver": "button_loop", "pin": 4}},
        f"{BUTTON}.pin",
        "GPIO4 cannot measure a voltage; pins that can: 32, 33, 36",
    ),
    (
        "esp32_poe",
        {BUTTON: {"driver": "button_loop", "pin": 36, "case": 36}},
        f"{BUTTON}.case",
        "GPIO36 is an input only",
    ),
    ("virtual", {f"{BUTTON}.driver": "button_loop", f"{BUTTON}.open_from": 1000}, "open_from", "1 to 999 permille"),
    ("esp32_poe", {f"{LAMP}.pin": 6}, f"{LAMP}.pin", "the chip's flash is on it"),
    ("esp32_poe", {f"{LAMP}.pin": 1}, f"{LAMP}.pin", "the serial console is on it"),
    ("esp32_poe", {f"{LAMP}.pin": 5}, f"{LAMP}.pin", "at power-on it decides how the chip starts"),
    ("esp32_poe", {f"{LAMP}.pin": 25}, f"{LAMP}.pin", "GPIO25 is not on a connector, or the board uses it"),
    ("esp32_poe", {"psram": "quad"}, "network.clock", "the PSRAM is on it"),
    ("esp32_poe", {"free": [32, 33, 25]}, "free", "GPIO25 is used by network.rxd0"),
    ("esp32_poe", {"free": [32, 33, 12]}, "free", "GPIO12 cannot be used"),
    ("esp32_poe", {"buses.sound.id": 2}, "buses.sound.id", "the chip has no i2s 2; possible numbers: 0, 1"),
    ("esp32_poe", {"kinds.amplifier.data_kb": 1900}, "kinds.amplifier.data_kb", "1536 kB are left"),
    ("esp32_poe", {"kinds.amplifier.heap_kb": 201}, "kinds.amplifier.heap_kb", "the budget is at most 200 kB"),
    (
        "virtual",
        {f"{BUTTON}.driver": "button_loop", "kinds.help_button.heap_kb": 63},
        "kinds.help_button.heap_kb",
        "a help_button with button_loop, lamp_pin needs 64 kB of heap (64-bit words), the budget is 63 kB; write 64",
    ),
    (
        "esp32_poe",
        {"heap.board_kb": 55},
        "heap.board_kb",
        "an update of a help_button over the air needs a board with 56 kB of heap, this one has 55 kB; take another",
    ),
    ("esp32_poe", {"watchdog.timeout_ms": 500}, "watchdog.timeout_ms", "takes 1000 to 3600000 ms"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 35}, f"{LAMP}.pin", "the PSRAM is on it"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 22}, f"{LAMP}.pin", "esp32s3 has no GPIO22"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 20}, f"{LAMP}.pin", "USB is on it"),
    ("esp32_s3_eth", {f"{LAMP}.pin": 14}, f"{LAMP}.pin", "not on a connector"),
    ("esp32_s3_eth", {"led.pin": 14}, "led.pin", "GPIO14 is used by network.cs"),
    ("esp32_s3_eth", {"network.bus": "sound"}, "network.bus", "no spi bus named sound"),
    ("esp32_s3_eth", {"buses.ethernet": None}, "network.bus", "no spi bus named ethernet; there are: pixels"),
    ("esp32_s3_eth", {"network.driver": "wiznet"}, "network.driver", "does not run on esp32s3, only on: rp2"),
    ("esp32_s3_eth", {"image": None}, "image", "must have this table"),
    ("w5500_evb_pico2", {"buses.pixels.sck": 12}, "buses.pixels.sck", "spi1 sck does not reach GPIO12"),
    ("w5500_evb_pico2", {"buses.pixels.id": 2}, "buses.pixels.id", "the chip has no spi 2"),
    ("w5500_evb_pico2", {"buses.s": {"driver": "i2s", "id": 0, "sck": 2, "ws": 4, "sd": 5}}, "buses.s.ws", "GPIO3"),
    ("w5500_evb_pico2", {f"{LAMP}.pin": 30}, f"{LAMP}.pin", "rp2350 has no GPIO30"),
    ("w5500_evb_pico2", {"watchdog.timeout_ms": 20000}, "watchdog.timeout_ms", "takes 1 to 16777 ms"),
    ("w5500_evb_pico2", {"network.driver": "lan_w5500"}, "network.driver", "does not run on rp2350, only on: esp32"),
    ("virtual", {f"{LAMP}.driver": "lava_lamp"}, f"{LAMP}.driver", "no driver 'lava_lamp'"),
    ("virtual", {f"{LAMP}.driver": "button_pin"}, f"{LAMP}.driver", "cannot serve as lamp"),
    ("virtual", {f"{LAMP}.driver": "spi"}, f"{LAMP}.driver", "does not belong here; possible here: button_loop"),
    ("virtual", {LAMP: None}, "kinds.help_button.parts", "the part lamp of a help_button is missing"),
    ("virtual", {"kinds.help_button.parts.horn": {"driver": "lamp_pin", "pin": 2}}, "horn", "it has: button, lamp"),
    ("virtual", {"kinds.help_buton": {"parts": {}}}, "kinds.help_buton", "nearest: help_button"),
    ("virtual", {f"{BUTTON}.pul": "up"}, f"{BUTTON}.pul", "nearest: pull"),
    (
        "virtual",
        {f"{BUTTON}.pull": "sideways"},
        f"{BUTTON}.pull",
        "cannot be 'sideways'; it should be up, down or none",
    ),
    ("virtual", {f"{BUTTON}.pin": "D4"}, f"{BUTTON}.pin", "a GPIO number of the chip"),
    ("virtual", {f"{BUTTON}.pin": None}, BUTTON, "pin is missing"),
    ("virtual", {"chip": "z80"}, "chip", "no chip 'z80'"),
    ("virtual", {"kinds.amplifier.heap_kb": None}, "kinds.amplifier", "heap_kb is missing"),
    ("virtual", {"files.system": "fat"}, "files.system", "littlefs or host"),
    ("virtual", {"network": 5}, "network", "should be a table, is 5"),
    ("linux_kiosk_x86_64", {"watchdog": {"timeout_ms": 5000}}, "watchdog", "has no hardware watchdog here"),
    ("linux_kiosk_x86_64", {"kinds.ticket_kiosk.parts.printer.device": "/dev/fb0"}, "device", "/dev/fb0 is used by"),
    ("linux_kiosk_x86_64", {"kinds.ticket_kiosk.parts.printer.device": "lp0"}, "device", "a device file under /dev"),
    ("linux_terminal_arm64", {"network.driver": "lan_rmii"}, "network", "phy is missing"),
    # buses
    ("esp32_s3_eth", {"buses.pixels.id": 1}, "buses.pixels.id", "spi 1 is used by buses.ethernet.id; take another"),
    (
        "w5500_evb_pico2",
        {"buses.pixels.id": 0, "buses.pixels.sck": 2, "buses.pixels.mosi": 3},
        "buses.pixels.id",
        "spi 0 is used by buses.ethernet.id; take another of: 0, 1",
    ),
    (
        "esp32_s3_eth",
        {"kinds.window_strip.parts.panel.bus": "ethernet"},
        "kinds.window_strip.parts.panel.bus",
        "network is on ethernet too, and panel_spi has no chip select; give it a bus of its own",
    ),
    ("w5500_evb_pico2", {"kinds.publicity_strip.parts.panel.bus": "ethernet"}, "panel.bus", "has no chip select"),
    ("esp32_s3_eth", {"buses.ethernet.miso": None}, "buses.ethernet", "miso is missing: the chip of network.bus"),
    ("w5500_evb_pico2", {"buses.ethernet.miso": None}, "buses.ethernet", "name the pin that it is wired to"),
    ("esp32_poe", {"network.clock": 15}, "network.clock", "cannot go out on GPIO15, only on: 0, 16, 17"),
    ("esp32_poe", {"network.clock": 5}, "network.clock", "cannot go out on GPIO5, only on: 0, 16, 17"),
    ("esp32_poe", {"network.is_clock_out": False}, "network.clock", "cannot come in on GPIO17, only on: 0"),
    (
        "w5500_evb_pico2",
        {"kinds.window_strip.parts.panel": {**HUB75, "g1": 1, "b1": 2, "r2": 3, "g2": 4, "b2": 12}},
        "kinds.window_strip.parts.panel.b2",
        "must be six pins in a row: it should be GPIO5",
    ),
    (
        "w5500_evb_pico2",
        {"kinds.window_strip.parts.panel": {**HUB75, "id": 12}},
        "panel.id",
        "cannot be 12; it should be a number from 0 to 11",
    ),
    # what goes together in one table
    (
        "linux_terminal_arm64",
        {"kinds.evaluation_terminal.parts.keypad.codes": [2, 2, 2, 3, 4]},
        "keypad.codes",
        "written more than once: 2; give each key its own code",
    ),
    (
        "linux_terminal_arm64",
        {"kinds.evaluation_terminal.parts.keypad.codes": [2]},
        "kinds.evaluation_terminal.parts.keypad.codes",
        "a evaluation_terminal has 5 keys, and 1 codes are written; write one for each key",
    ),
    (
        "linux_terminal_arm64",
        {"kinds.evaluation_terminal.parts.keypad.codes": [2, 3, 4, 5, 6, 7]},
        "keypad.codes",
        "has 5 keys, and 6 codes are written",
    ),
    (
        "linux_terminal_arm64",
        {"kinds.call_terminal.parts.keypad.codes": [59, 60, 61, 62, 63, 64, 65, 66, 67]},
        "kinds.call_terminal.parts.keypad.codes",
        "has 10 keys, and 9 codes are written",
    ),
    (
        "linux_kiosk_arm64",
        {STRIP: {"driver": "panel_onbon"}},
        STRIP,
        "write host if it is on the network, device if it is on a serial line",
    ),
    (
        "linux_kiosk_arm64",
        {STRIP: {"driver": "panel_onbon", "host": "card", "device": "/dev/ttyS1"}},
        STRIP,
        "host and device are both written: keep host",
    ),
    (
        "linux_kiosk_arm64",
        {"kinds.info_screen.parts.sender": {"driver": "sender_novastar"}},
        "kinds.info_screen.parts.sender",
        "not said how to reach it: write host",
    ),
    (
        "linux_kiosk_arm64",
        {"kinds.info_screen.parts.sender": {"driver": "sender_novastar", "host": "wall", "device": "/dev/ttyUSB0"}},
        "kinds.info_screen.parts.sender",
        "host and device are both written",
    ),
    (
        "virtual",
        {BUTTON: {"driver": "button_loop", "pin": 0, "short_below": 900, "alarm_from": 500, "open_from": 100}},
        f"{BUTTON}.alarm_from",
        "must be more than short_below (900); the order is short_below, alarm_from, open_from",
    ),
    (
        "virtual",
        {BUTTON: {"driver": "button_loop", "pin": 0, "alarm_from": 833}},
        f"{BUTTON}.open_from",
        "must be more than alarm_from (833)",
    ),
    *(
        (
            "linux_kiosk_arm64",
            {SPEAKER: {"driver": "speaker_rtp", "group": group}},
            f"{SPEAKER}.group",
            "239.255.255.255",
        )
        for group in ("239.999.0.1", "239.1.1.256", "240.0.0.1", "239.1.1")
    ),
    (
        "linux_kiosk_arm64",
        {SPEAKER: {"driver": "speaker_rtp", "interface": "10.0.0.300"}},
        f"{SPEAKER}.interface",
        "the IPv4 address of a network card here",
    ),
    *(
        (
            "linux_kiosk_arm64",
            {"kinds.ticket_kiosk.parts.screen.calibration": numbers},
            "kinds.ticket_kiosk.parts.screen.calibration",
            "it should be a list of six numbers, or an empty one",
        )
        for numbers in ([1.0], [1.0, 0.0, 0.0, 0.0, 1.0], [1.0] * 7)
    ),
    *(
        (
            "linux_kiosk_arm64",
            {f"{STRIP}.more_interfaces": more, f"{STRIP}.cuts": cuts},
            f"{STRIP}.cuts",
            "rising columns",
        )
        for more, cuts in ((["leds1"], [100, 200]), ([], [100]), (["leds1", "leds2"], [200, 100]), (["leds1"], [0]))
    ),
    (
        "linux_kiosk_arm64",
        {f"{STRIP}.more_interfaces": ["LEDS 1"]},
        f"{STRIP}.more_interfaces",
        "a list of network interfaces",
    ),
    # images and room
    ("esp32_poe", {"image.offset": 0}, "image.offset", "an image of esp32 begins at 0x1000; write offset = 0x1000"),
    ("esp32_s3_eth", {"image.offset": 0x1000}, "image.offset", "an image of esp32s3 begins at 0x0; write offset = 0x0"),
    ("esp32_poe", {"image.is_uf2": True}, "image.is_uf2", "takes no UF2 images; remove is_uf2"),
    ("w5500_evb_pico2", {"image.is_uf2": None}, "image.is_uf2", "takes UF2 images only; write is_uf2 = true"),
    ("w5500_evb_pico2", {"image.offset": 4096}, "image.offset", "begins at 0x0"),
    ("linux_kiosk_arm64", {"image": {"build": "X"}}, "image", "arm64 takes no image"),
    (
        "virtual",
        {"files.size_kb": 1200, "kinds.amplifier.data_kb": 0},
        "kinds.help_button.data_kb",
        "of 1200 kB two slots take 1024 kB and the ROM partition 256 kB, 0 kB are left",
    ),
    (
        "virtual",
        {"files.size_kb": 1200, "kinds.amplifier.data_kb": 0},
        "kinds.amplifier.data_kb",
        "0 kB are left; ask for less or use another board",
    ),
    ("virtual", {"kinds.amplifier.data_kb": 2817}, "kinds.amplifier.data_kb", "2816 kB are left"),
]

# The nearest right ones: board, what is changed.
RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("esp32_poe", {"network.clock": 0, "network.is_clock_out": False}),
    ("esp32_poe", {"network.clock": 0}),
    ("w5500_evb_pico2", {STRIP: {**HUB75, "id": 11}}),
    ("linux_terminal_arm64", {"kinds.call_terminal.parts.keypad.codes": list(range(2, 14))}),  # two for services
    ("linux_kiosk_arm64", {STRIP: {"driver": "panel_onbon", "device": "/dev/ttyS1"}}),
    ("linux_kiosk_arm64", {"kinds.info_screen.parts.sender": {"driver": "sender_novastar", "host": "wall"}}),
    ("virtual", {BUTTON: {"driver": "button_loop", "pin": 0, "short_below": 1, "alarm_from": 2, "open_from": 3}}),
    ("linux_kiosk_arm64", {SPEAKER: {"driver": "speaker_rtp", "group": "239.255.255.250", "interface": "10.0.0.255"}}),
    ("linux_kiosk_arm64", {"kinds.ticket_kiosk.parts.screen.calibration": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]}),
    ("linux_kiosk_arm64", {f"{STRIP}.more_interfaces": ["leds1", "leds2"], f"{STRIP}.cuts": [100, 200]}),
    ("linux_kiosk_arm64", {f"{STRIP}.more_interfaces": ["leds1"]}),  # in equal stretches
    ("virtual", {"kinds.amplifier.data_kb": 2816}),
]
