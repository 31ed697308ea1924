"""Parts of devices, and what is wrong with them or with a card on the reader."""

WORDS: "dict[str, tuple[str, str]]" = {
    # Parts of devices, and what is wrong with them: firmware/kinds.py, firmware/wire/messages/part.py.
    "part.screen": ("屏幕", "screen"),
    "part.printer": ("打印机", "printer"),
    "part.keypad": ("按键", "keypad"),
    "part.panel": ("LED 屏", "LED panel"),
    "part.speaker": ("喇叭", "speaker"),
    "fault.unauthorised": ("安全模块未授权，请联系厂家", "its security module is not authorised; call its maker"),
    "fault.tampered": ("外壳被打开，请到现场查看", "its case was opened; go and look"),
    "fault.loop_open": ("线路断开，请检查接线", "its wire is cut; check the wiring"),
    "fault.loop_short": ("线路短接，请检查接线", "its wire is bridged; check the wiring"),
    "part.reader": ("身份证阅读器", "ID card reader"),
    "part.scanner": ("扫码器", "code scanner"),
    "part.unit": ("窗口键盘", "window keypad"),
    "part.bus": ("叫号键盘总线", "keypad bus"),
    # A card on the reader: drivers/id_card/reader.py.
    "card.withdrawn": ("卡片拿得太早，请重新放卡，听到提示后再取", "Taken away too early; lay the card on again"),
    "card.unreadable": ("读不出这张卡，请拿起后重放一次", "The card cannot be read; lift it and lay it on again"),
    "card.wrong": ("这不是有效的身份证件，请到导办台办理", "Not a valid identity card; please ask at the guide desk"),
    "part.button": ("按钮", "button"),
    "part.lamp": ("指示灯", "lamp"),
    "fault.broken": ("故障，请断电重启；仍不行请报修", "does not work; switch it off and on, else call for repair"),
    "fault.unplugged": ("没有连接，请检查连线和电源", "not there; check its cable and power"),
    "fault.no_answer": ("没有应答，请检查连线和电源", "does not answer; check its cable and power"),
    "fault.offline": ("脱机，请检查面板后断电重启", "offline; look at its panel, then switch it off and on"),
    "fault.paper_out": ("缺纸，请装入新纸卷", "paper out; put a new roll in"),
    "fault.paper_low": ("纸快用完，请准备新纸卷", "paper near its end; have a new roll ready"),
    "fault.cover_open": ("上盖未合，请合上", "cover open; close it"),
    "fault.cutter": ("切刀卡住，请开盖清理", "knife jammed; open the cover and clear it"),
    "fault.jam": ("卡纸，请开盖取出", "paper jam; open the cover and take it out"),
    "fault.overheated": ("过热，请等它冷却", "too hot; let it cool down"),
}
