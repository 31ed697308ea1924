"""The hub of one site: takes what devices report, decides, remembers, shows, speaks, and tells the city platform."""
