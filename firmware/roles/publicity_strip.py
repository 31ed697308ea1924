"""The publicity strip: a window strip whose one region belongs to no window."""

from firmware.roles.window_strip import WindowStrip as PublicityStrip

__all__ = ["PublicityStrip"]
