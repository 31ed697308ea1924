"""A Linux computer around its agent: who starts the tree again, who ends it in order, who watches it."""
