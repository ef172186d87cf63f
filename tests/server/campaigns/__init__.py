"""Campaigns against the service: thousands of requests, good and bad, from a seed."""
