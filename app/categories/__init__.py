"""The tree of categories: what is composed of several access patterns. Knows no HTTP."""

from app.categories.ancestry import MOST_LEVELS
from app.categories.forest import Node, forest
from app.categories.naming import RESERVED, new_id, slug_of
from app.categories.placing import add, delete, move

__all__ = [
    "MOST_LEVELS",
    "RESERVED",
    "Node",
    "add",
    "delete",
    "forest",
    "move",
    "new_id",
    "slug_of",
]
