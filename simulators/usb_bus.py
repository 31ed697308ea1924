"""A USB bus as pyusb sees it: devices are plugged in and pulled out, bulk transfers reach their far side.

pyusb calls a backend from whatever thread its user has; the devices live in the loop in which they were plugged in.
"""

import asyncio
import errno
from array import array
from collections.abc import Coroutine, Mapping
from types import SimpleNamespace
from typing import Any, Protocol

from usb.backend import IBackend
from usb.core import USBError, USBTimeoutError

OUT, IN = 0x01, 0x82  # endpoint addresses
PACKET_BYTES = 64
BULK = 2


class FarSide(Protocol):
    """What is behind the plug."""

    async def take(self, data: bytes, timeout_s: float) -> int:
        """How many bytes it took; 0 when none within the time."""
        ...

    async def give(self, timeout_s: float) -> bytes:
        """What it has to say, at most one packet; empty when nothing within the time."""
        ...

    async def answer(self, request_type: int, request: int) -> bytes:
        """To a control transfer."""
        ...


class SimulatedUsb(IBackend):  # type: ignore[misc]
    """Give it to `drivers.linux.usb_port.UsbPort` as ``backend``."""

    def __init__(self) -> None:
        super().__init__()
        self._plugged: list[_Plug] = []
        self._addresses = 0

    def plug_in(
        self,
        far_side: FarSide,
        vendor: int,
        product: int,
        interface_class: int,
        pipes: Mapping[int, FarSide] | None = None,
    ) -> "_Plug":
        """A device appears on the bus. Call in the loop in which it lives; `pull` takes it away.

        ``pipes``: its bulk endpoints by address and what is behind each, where it is not one pair.
        """
        self._addresses += 1
        plug = _Plug(far_side, vendor, product, interface_class, self._addresses, pipes)
        self._plugged.append(plug)
        return plug

    def pull(self, plug: "_Plug") -> None:
        """Transfers under way end with ENODEV."""
        plug.pull()
        self._plugged.remove(plug)

    # What pyusb calls.

    def enumerate_devices(self) -> list["_Plug"]:
        return list(self._plugged)

    def get_device_descriptor(self, dev: "_Plug") -> SimpleNamespace:
        return dev.device

    def get_configuration_descriptor(self, dev: "_Plug", config: int) -> SimpleNamespace:
        return _only(config, dev.configuration)

    def get_interface_descriptor(self, dev: "_Plug", intf: int, alt: int, config: int) -> SimpleNamespace:
        return _only(intf + alt + config, dev.interface)

    def get_endpoint_descriptor(self, dev: "_Plug", ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return dev.endpoints[ep]

    def open_device(self, dev: "_Plug") -> "_Plug":
        dev.check()
        return dev

    def close_device(self, dev_handle: "_Plug") -> None:
        dev_handle.claimed = False

    def get_configuration(self, dev_handle: "_Plug") -> int:
        dev_handle.check()
        return 1

    def set_configuration(self, dev_handle: "_Plug", config_value: int) -> None:
        dev_handle.check()

    def claim_interface(self, dev_handle: "_Plug", intf: int) -> None:
        dev_handle.check()
        if dev_handle.claimed:
            raise USBError("Resource busy", -6, errno.EBUSY)
        dev_handle.claimed = True

    def release_interface(self, dev_handle: "_Plug", intf: int) -> None:
        dev_handle.claimed = False

    def is_kernel_driver_active(self, dev_handle: "_Plug", intf: int) -> bool:
        return dev_handle.has_kernel_driver

    def detach_kernel_driver(self, dev_handle: "_Plug", intf: int) -> None:
        dev_handle.has_kernel_driver = False

    def bulk_write(self, dev_handle: "_Plug", ep: int, intf: int, data: Any, timeout: int) -> int:
        far_side = dev_handle.pipes[ep]
        count = dev_handle.call(far_side.take(bytes(data), timeout / 1000), timeout)
        if not count:
            raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return int(count)

    def bulk_read(self, dev_handle: "_Plug", ep: int, intf: int, buff: "array[int]", timeout: int) -> int:
        data = dev_handle.call(dev_handle.pipes[ep].give(timeout / 1000), timeout)
        if not data:
            raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        buff[: len(data)] = array("B", data)
        return len(data)

    def ctrl_transfer(
        self, dev_handle: "_Plug", request_type: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        answer = dev_handle.call(dev_handle.far_side.answer(request_type, request), timeout)
        data[: len(answer)] = array("B", answer)
        return len(answer)


class _Plug:
    """One device on the bus."""

    def __init__(
        self,
        far_side: FarSide,
        vendor: int,
        product: int,
        interface_class: int,
        address: int,
        pipes: Mapping[int, FarSide] | None = None,
    ) -> None:
        self.far_side = far_side
        self.pipes = pipes or {OUT: far_side, IN: far_side}
        self.claimed = False
        self.has_kernel_driver = True  # usblp takes every printer first
        self._is_there = True
        self._loop = asyncio.get_running_loop()
        self._calls: set[asyncio.Task[Any]] = set()
        self.device = SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=vendor, idProduct=product, bcdDevice=0x0100, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, address=address, bus=1, port_number=address,
            port_numbers=(address,), speed=3,
        )  # fmt: skip
        self.configuration = SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip
        self.interface = SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=len(self.pipes),
            bInterfaceClass=interface_class, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0,
            extra_descriptors=[],
        )  # fmt: skip
        self.endpoints = [
            SimpleNamespace(
                bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=BULK,
                wMaxPacketSize=PACKET_BYTES, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
            )
            for address in self.pipes
        ]  # fmt: skip

    def check(self) -> None:
        """Raises what libusb does when the plug was pulled."""
        if not self._is_there:
            raise USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)

    def call(self, work: Coroutine[Any, Any, Any], timeout_ms: int) -> Any:
        """From pyusb's thread into the device's loop."""
        if not self._is_there:
            work.close()
            self.check()
        try:
            return asyncio.run_coroutine_threadsafe(self._tracked(work), self._loop).result(timeout_ms / 1000 + 5)
        except (RuntimeError, TimeoutError):  # the loop has ended
            work.close()
            raise USBError("No such device", -4, errno.ENODEV) from None

    async def _tracked(self, work: Coroutine[Any, Any, Any]) -> Any:
        task = asyncio.ensure_future(work)
        self._calls.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            self.check()
            raise
        finally:
            self._calls.discard(task)

    def pull(self) -> None:
        self._is_there = False
        for task in self._calls:
            task.cancel()


def _only(index: int, descriptor: SimpleNamespace) -> SimpleNamespace:
    """There is one of each; pyusb asks until there is no more."""
    if index:
        raise IndexError(index)
    return descriptor
