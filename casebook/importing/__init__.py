"""Bringing in what stands in a spreadsheet today."""
