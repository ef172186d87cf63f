"""What every endpoint for programs shares: bodies, problem documents, limits, their description."""
