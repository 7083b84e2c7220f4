"""The editorial desk: the verbs that move a briefing through its life, from prepared to published and beyond."""
