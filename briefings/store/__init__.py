"""The store: tables, engine, migrations. On the ground beside the model; no rules of the trade."""
