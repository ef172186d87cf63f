"""People, roles, sources and API keys: who may do what."""
