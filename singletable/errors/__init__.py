"""Everything the engine raises: two families, one root."""

from singletable.errors.base import SingleTableError
from singletable.errors.declaration import DeclarationError
from singletable.errors.request import RequestError

__all__ = ["DeclarationError", "RequestError", "SingleTableError"]
