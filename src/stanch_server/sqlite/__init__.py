"""SQLite as this service uses it: Django's backend, whose writers wait in a queue (`docs/decisions/sqlite.md`)."""
