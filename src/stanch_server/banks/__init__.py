"""Banks, their entries, and the numbered log of changes that every process follows."""
