"""Wiring: settings, URLs, the processes."""
