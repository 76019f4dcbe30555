"""Makes documents and tables from a catalogue. Sends nothing."""
