"""The HTTP application: who may ask what. Knows the engine; the engine knows nothing of it."""
