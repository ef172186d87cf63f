"""Pages of what a source has arranged, for people."""
