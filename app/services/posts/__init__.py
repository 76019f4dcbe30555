"""Posts: writing, reading, states, views, deletion."""
