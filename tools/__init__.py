"""Programs for those who build and install: run them with `python -m tools.NAME`."""
