"""Pages for people: signing in, their own account, people, and API keys."""
