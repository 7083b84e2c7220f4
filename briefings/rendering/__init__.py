"""Editions into renderings: what each channel carries. Pure: content in, text out, no network."""
