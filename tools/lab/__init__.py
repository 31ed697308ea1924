"""The lab: a virtual machine with a real Linux kernel, in which the Linux drivers meet real devices (make lab)."""
