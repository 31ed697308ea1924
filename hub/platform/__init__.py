"""The city platform (市统一申办受理平台): what it is told, and how it gets there without loss, doubles or disorder."""

from hub.platform.contract import Record, records
from hub.platform.delivery import Delivery

__all__ = ["Delivery", "Record", "records"]
