"""Writes of one item, with the items that keep its unique fields."""
