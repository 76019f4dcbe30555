"""Vectors: the type of their fields, and what a search in a vector index answers.

The annotation of patterns, `Search[Post]`, is in `singletable` itself.
"""

from singletable.codec.vectors import Vector
from singletable.operations.reads.search import Matches

__all__ = ["Matches", "Vector"]
