"""Onbon controllers, BX-5K, BX-6K and BX-6Q3: strips that are told text, not pixels."""
