"""Onbon BX-5K controllers: strips that are told text, not pixels."""
