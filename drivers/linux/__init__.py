"""Ports on a Linux computer: device files, the sound card, a network interface with receiving cards."""
