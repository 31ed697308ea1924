"""The city platform (市统一申办受理平台) as the far side of the line: strict, with a fault switch."""

from simulators.platform.fault import KINDS, Fault
from simulators.platform.received import Received
from simulators.platform.server import SimulatedPlatform

__all__ = ["KINDS", "Fault", "Received", "SimulatedPlatform"]
