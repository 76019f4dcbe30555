"""Adapters of Redis, of OPA in WebAssembly, and of signed tokens."""
