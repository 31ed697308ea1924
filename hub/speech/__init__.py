"""What the hub says: the words of an announcement, and the bank of clips that it is put together from."""
