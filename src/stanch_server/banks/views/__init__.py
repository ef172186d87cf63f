"""Pages of banks, for people."""
