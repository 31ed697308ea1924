"""Colorlight 5A-75 receiving cards behind network interfaces of their own."""
