"""Who did what to which item, when: noted with the write itself. Knows callers; knows no route."""
