"""Exports and imports of posts: asked for by administrators, done by a worker. No routes."""
