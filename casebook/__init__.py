"""Cases and what belongs to them, kept as a log of sealed revisions with a present that can be rebuilt."""
