"""Measurements, each beside its peers: `python3 dev.py bench NAME [--json] [--quick]`."""
