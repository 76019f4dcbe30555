"""Pages about the app, made from its own declarations."""
