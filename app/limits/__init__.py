"""How often something may be tried. Knows no request and no route but by name."""

from app.limits.attempts import Attempts

__all__ = ["Attempts"]
