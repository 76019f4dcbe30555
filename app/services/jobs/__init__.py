"""Exports and imports: requested by administrators, done by a worker."""
