"""The rooms of tools/flash.py: one step of getting a board from its box to a device that the hub knows, each."""
