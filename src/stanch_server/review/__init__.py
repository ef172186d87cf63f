"""A person's decision, how it is undone, and the two exits from an item."""
