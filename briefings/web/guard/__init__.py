"""What keeps the site from being misused: limits, where requests come from, refusals."""
