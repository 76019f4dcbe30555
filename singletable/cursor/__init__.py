"""Opaque, signed positions in a query, bound to what was asked."""

from singletable.cursor.seal import CursorSeal, Position

__all__ = ["CursorSeal", "Position"]
