"""Files into briefings: what comms teams write, checked line by line."""
