"""Subscribers: who gets what, by whose consent, and who must never be mailed again."""
