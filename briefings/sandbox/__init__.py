"""Local stand-ins that speak the real protocols: a mail catcher and the X API. Nothing leaves the machine."""
