"""The service built on the library: accounts, banks, review, partners. It is not merged yet."""
