"""Reads: one item by its key, or items of one or several partitions in key order."""
