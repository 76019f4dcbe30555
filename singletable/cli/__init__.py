"""The command line: finds a design, asks the rooms below, prints. Decides nothing of its own."""
