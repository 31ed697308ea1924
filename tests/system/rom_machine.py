"""`machine` of a plain MicroPython, as little of it as a help button asks for; lies beside the firmware in the ROM.

Hands work on the pins by the clock: a contact is pressed three times a second; of every four seconds a loop is pressed
for 0.3 s, cut for one, and its case stands open for one. One class for all, since a real board has its own in flash.
"""

import time


class Pin:
    IN = OUT = PULL_UP = 0

    def __init__(self, number=0, *_, **__):
        self.number = number

    def value(self, level=0):
        now_ms = time.ticks_ms() % 4000
        if self.number == 0:  # the contact
            return now_ms // 167 & 1
        if self.number == 12:  # the loop
            return 43690 if now_ms < 300 else 65535 if 1000 < now_ms < 2000 else 32767
        return 1 if 2500 < now_ms < 3500 else 0

    feed = read_u16 = value


def ADC(pin):
    return pin


WDT = Pin
