"""The hub's local HTTP API: what the CLI, and later the web pages, use."""
