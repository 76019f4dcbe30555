"""Runs the built artefact as Lambda would, and shows what of it holds."""
