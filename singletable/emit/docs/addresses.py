"""Where the pages of the documentation are on the web. Knows no page's content."""

from __future__ import annotations

DOCUMENTATION = "https://github.com/singletable/singletable/blob/main/docs"


def error_address(slug: str) -> str:
    """The part of the page on errors that is about this one."""
    return f"{DOCUMENTATION}/errors.md#{slug}"


def rule_address(slug: str) -> str:
    """The part of the page on checks that is about this rule."""
    return f"{DOCUMENTATION}/checks.md#{slug}"
