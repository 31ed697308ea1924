"""Parts: each driver knows its part's protocol and nothing of who uses it. Real and simulated differ in the port."""
