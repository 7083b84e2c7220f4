"""Flows: when and in which order Prefect runs the library. No rule of ours lives here."""
