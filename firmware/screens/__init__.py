"""Pages drawn by Pillow, for devices with a screen or a paper page. Linux only; sizes come from the device."""
