"""Channels: one adapter per way out. They never import each other."""
