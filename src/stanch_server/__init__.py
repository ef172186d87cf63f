"""The service built on the library: accounts, vault, audit log and banks so far; its API and console come next."""
