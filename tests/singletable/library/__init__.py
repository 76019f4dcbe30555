"""A small lending library: the toy domain of these tests. Importing it declares the design."""

from tests.singletable.library.asked import books, loans, members
from tests.singletable.library.model.table import library

__all__ = ["books", "library", "loans", "members"]
