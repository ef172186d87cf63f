"""Effects on higher rooms, delivered at least once."""
