"""What comes back from residents, kept for the next briefing."""
