"""Names as long as a message holds them."""

MAX_LABEL, MAX_LABEL_EN, MAX_NOTICE, MAX_REGION_TEXT = 40, 60, 120, 80  # as the messages declare


def shorten(text: str, most: int) -> str:
    """At most ``most`` characters; what is cut off leaves an ellipsis."""
    return text if len(text) <= most else text[: most - 1] + "…"
