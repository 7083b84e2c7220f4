"""Publish community safety briefings to every resident, and bring back what they say."""

__version__ = "0.1.0"
