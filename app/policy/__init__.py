"""May the caller do this? Asks a compiled policy, and denies when in doubt. Knows no HTTP."""
