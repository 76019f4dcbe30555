"""Items of former layouts, as they are in the table: turned into the present one when read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def rename_attributes(names: Mapping[str, str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An upgrade that stores under the second names what items have under the first."""

    def upgrade(item: dict[str, Any]) -> dict[str, Any]:
        for former, present in names.items():
            if former in item:
                item.setdefault(present, item.pop(former))
        return item

    return upgrade
