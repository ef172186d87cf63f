"""What every endpoint for programs shares: bodies, problem documents, limits, and the document that describes them."""
