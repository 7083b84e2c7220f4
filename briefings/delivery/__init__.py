"""Renderings to destinations: planned once, claimed, sent, recorded; every recipient accounted for."""
