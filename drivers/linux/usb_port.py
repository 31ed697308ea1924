"""A USB device with a pair of bulk endpoints, through libusb (pyusb): printers, readers. A `drivers.ports.BytePort`."""

import asyncio
import errno
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import usb.core
import usb.util

STALL_S = 1.0  # a device that takes no byte for so long does not work
PRINTER = 7  # bInterfaceClass, USB.org defined class codes
CHUNK_BYTES = 4096  # in one transfer
_IN = 0x80

Found = TypeVar("Found")


class UsbPort:
    """``vendor`` and ``product`` are the device's ids; with ``interface_class`` only such an interface is taken.

    Opened when first used, and anew after a fault. Every method raises OSError (pyusb's errors are) when the device is
    not there, goes away, or takes nothing. A driver of the kernel that holds the interface is sent away from it.
    ``backend`` replaces libusb.
    """

    def __init__(
        self,
        vendor: int,
        product: int,
        *,
        interface_class: int | None = None,
        stall_s: float = STALL_S,
        backend: Any = None,
    ) -> None:
        self.name = f"USB {vendor:04x}:{product:04x}"
        self._ids = {"idVendor": vendor, "idProduct": product}
        self._interface_class = interface_class
        self._stall_ms = int(stall_s * 1000)
        self._backend = backend
        self._device: Any = None
        self._ends: tuple[Any, Any] = (None, None)  # out, in
        self._interface = 0
        # libusb blocks. One thread, so that a transfer that was given up is over before the next one begins.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=self.name)

    @property
    def is_open(self) -> bool:
        """Whether it was there when last used."""
        return self._device is not None

    async def write(self, data: bytes) -> None:
        """Returns when the device has all of it."""
        await self._do(lambda: self._write(data))

    async def read(self, timeout_s: float) -> bytes:
        """What has come, at least one byte; empty when nothing came in time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout_s
        while (left_ms := int(1000 * (end - loop.time()))) > 0:
            # In short pieces: a driver that is stopped need not wait for the thread.
            if data := await self._do(lambda: self._read(min(left_ms, 200))):
                return data
        return b""

    async def control_in(self, request_type: int, request: int, length: int) -> bytes:
        """A control transfer about the interface that is in use, such as a printer's GET_PORT_STATUS (0xA1, 1, 1)."""

        def ask() -> bytes:
            device = self._opened()
            return bytes(device.ctrl_transfer(request_type, request, 0, self._interface << 8, length, self._stall_ms))

        return await self._do(ask)

    def close(self) -> None:
        """The next use opens it again."""
        device, self._device = self._device, None
        if device is not None:
            self._thread.submit(usb.util.dispose_resources, device)

    async def _do(self, work: Callable[[], Found]) -> Found:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except usb.core.NoBackendError:
            raise OSError(errno.ENOSYS, "libusb is not installed; install libusb-1.0-0", self.name) from None
        except OSError:
            self.close()
            raise

    def _write(self, data: bytes) -> None:
        self._opened()
        for at in range(0, len(data), CHUNK_BYTES):
            chunk = data[at : at + CHUNK_BYTES]
            while chunk:
                chunk = chunk[self._ends[0].write(chunk, self._stall_ms) :]

    def _read(self, timeout_ms: int) -> bytes:
        self._opened()
        try:
            return bytes(self._ends[1].read(self._ends[1].wMaxPacketSize, timeout_ms))
        except usb.core.USBTimeoutError:
            return b""

    def _opened(self) -> Any:
        if self._device is None:
            device = usb.core.find(backend=self._backend, **self._ids)
            if device is None:
                raise OSError(errno.ENODEV, "not plugged in", self.name)
            self._take(device)
            self._device = device
        return self._device

    def _take(self, device: Any) -> None:
        interface, self._ends = self._choose(device)
        self._interface = interface.bInterfaceNumber
        try:
            if device.is_kernel_driver_active(self._interface):
                device.detach_kernel_driver(self._interface)
        except NotImplementedError:  # a system that has no such drivers
            pass
        try:
            usb.util.claim_interface(device, self._interface)
        except OSError:
            usb.util.dispose_resources(device)
            raise

    def _choose(self, device: Any) -> tuple[Any, tuple[Any, Any]]:
        """The first interface with what is wanted, of the configuration that the kernel has set."""
        for interface in device.get_active_configuration():
            if self._interface_class not in (None, interface.bInterfaceClass):
                continue
            bulk = [end for end in interface if usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK]
            out = next((end for end in bulk if not end.bEndpointAddress & _IN), None)
            into = next((end for end in bulk if end.bEndpointAddress & _IN), None)
            if out is not None and into is not None:
                return interface, (out, into)
        raise OSError(errno.ENXIO, "no interface with bulk endpoints both ways", self.name)
