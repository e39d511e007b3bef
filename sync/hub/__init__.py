"""The hub: a server that keeps the envelopes of many spaces, and can read none of their contents."""
