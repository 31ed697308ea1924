"""Call keypads and evaluators of a hall on one RS-485 line."""
