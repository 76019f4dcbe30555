"""Previews: one post, shown to whoever has the token. Knows no HTTP."""
