"""What MicroPython says of itself on real boards: sys.platform, and the name of board and chip in its banner.

From MICROPY_HW_BOARD_NAME and MICROPY_HW_MCU_NAME of each build (``mpconfigboard.h``), by the name that a profile gives
its image.
"""

SAYS = {
    "ESP32_GENERIC": ("esp32", "Generic ESP32 module with ESP32"),
    "ESP32_GENERIC_S3": ("esp32", "Generic ESP32S3 module with ESP32S3"),
    "ESP32_GENERIC_S3-SPIRAM_OCT": ("esp32", "Generic ESP32S3 module with Octal-SPIRAM with ESP32S3"),
    "OLIMEX_ESP32_POE": ("esp32", "Olimex ESP32 POE with ESP32"),
    "W5500_EVB_PICO2": ("rp2", "W5500-EVB-Pico2 with RP2350"),
}
ITSELF = ("", "")  # a virtual board that stands for no other
