"""Exchange: translations out to agencies and other boroughs and back in, as PO, XLIFF and TMX."""
