"""Nouns and rules of the trade. Pure: no I/O, no clock, no randomness."""
