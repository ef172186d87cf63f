"""The service's API from Python."""
