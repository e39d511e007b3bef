"""Bringing in a list, step by step."""
