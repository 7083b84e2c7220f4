"""Briefing into one edition per locale: segments, catalogs, engines, checks, and the readiness gate."""
