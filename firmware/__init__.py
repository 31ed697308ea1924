"""What runs on a device. MicroPython subset; the same files run on CPython 3.11+."""
