"""Throttling and permissions."""
