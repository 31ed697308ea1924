"""Where the board and the world beyond its pins meet: places in their shared memory, and what they tell each other.

Imported by the supervisor on CPython and by the board's own firmware on MicroPython.
"""

SIZE = 4096  # bytes shared

CAUSE = 0  # why the board starts, one of the causes below
NETWORK = 1  # 1 while the network cable is in
IRQ = 2  # the board wants to hear of changes of inputs
FUSE = 3  # 1: the power goes after the flash steps counted at FUSE_STEPS
FUSE_STEPS = 4  # u32
WDT_FED = 8  # u32, counts feedings
FLASH_STEPS = 12  # u32, counts pages written and blocks erased in this life
PINS = 256  # four bytes a pin: level from outside (2: nobody drives it), level from the board, mode, pull
PIN_COUNT = 64
ADC = 512  # two bytes a pin, little endian: what is measured there, 0 to 65535
RTC_BYTES = 1022  # u16
RTC = 1024  # kept over resets, not over a power cut
RTC_SIZE = 2048

OUTSIDE, INSIDE, MODE, PULL = 0, 1, 2, 3
FLOATING = 2
MODE_IN, MODE_OUT, MODE_OPEN_DRAIN = 1, 2, 3
PULL_UP, PULL_DOWN = 1, 2

# machine.reset_cause(), as on the ESP32
PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

# From the board: one byte what, one byte which, two bytes length (big endian), then so many bytes.
READY = 1  # boot.py is about to run
PIN_SET = 2  # which pin; the level is in the shared memory
WDT_STARTED = 3  # u32 timeout in ms
RESET = 4  # which: one of the next
RESET_HARD, RESET_SOFT, RESET_BOOTLOADER, RESET_DEEPSLEEP = 0, 1, 2, 3  # deep sleep: u32 ms
POWER_LOST = 5  # the fuse of the flash has blown
SPI_WRITE, SPI_TRANSFER = 6, 7  # which bus; the second is answered with two bytes length and as many bytes
I2S_OPEN, I2S_PLAY = 8, 9  # u32 rate, u8 channels; u32 ms of silence before, samples
BITSTREAM = 10  # which pin; bytes for LEDs

PAGE_BYTES = 256
BLOCK_BYTES = 4096
