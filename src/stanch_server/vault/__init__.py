"""Where the bytes of items, entries and evidence are kept, one key each; destroying the key is deletion."""
