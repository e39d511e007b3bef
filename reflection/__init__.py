"""Reflections, learning sessions, lessons and questions to the network."""
