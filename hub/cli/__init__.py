"""The command `hallhub`: parse, call the API, print. No rules here."""
