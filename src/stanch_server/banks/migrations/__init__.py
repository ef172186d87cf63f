"""Migrations of the banks."""
