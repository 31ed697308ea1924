"""Phrases: the names of what a person may have played on a channel; texts: ``phrase.{name}``."""

CALL = "call"  # made by calling a ticket only: has a number and a window
TEXT = "text"  # a person's own words

PHRASES = ("closing-soon", "take-a-ticket", "keep-quiet", "mind-children")
