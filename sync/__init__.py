"""Sharing: stores, the engine, membership, publishing and withdrawing."""
