"""Names of a design as names of Python: none is a keyword, none is taken twice."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

from pydantic import BaseModel

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

IMPORTS: dict[str, str] = {
    "Sequence": "collections.abc",
    "datetime": "datetime",
    "date": "datetime",
    "Decimal": "decimal",
    "Annotated": "typing",
    "Literal": "typing",
    "TypeAlias": "typing",
    "Union": "typing",
    "Field": "pydantic",
    "IN_KEY": "singletable",
    "KEYS_ONLY": "singletable",
    "TTL": "singletable",
    "BatchGet": "singletable",
    "Entity": "singletable",
    "Get": "singletable",
    "Patch": "singletable",
    "Query": "singletable",
    "Scan": "singletable",
    "Snapshot": "singletable",
    "Table": "singletable",
    "Update": "singletable",
    "View": "singletable",
    "access_pattern": "singletable",
    "attr": "singletable",
    "collection": "singletable",
    "include": "singletable",
    "number": "singletable",
    "snapshot": "singletable",
    "update": "singletable",
    "integer": "singletable.formats",
    "printed": "singletable.formats",
    "shaped": "singletable.formats",
    "text": "singletable.formats",
    "deletes": "singletable.patterns",
    "gets": "singletable.patterns",
    "puts": "singletable.patterns",
    "queries": "singletable.patterns",
    "KeyAttribute": "singletable.table",
    "volume": "singletable.volumes",
}
"""What a module may import, and from where."""

_BUILTINS = frozenset(
    {"str", "int", "float", "bool", "bytes", "list", "dict", "frozenset", "object", "tuple"}
)
TAKEN = _BUILTINS | IMPORTS.keys()
"""Names that mean something else in the module."""
_OF_MODELS = frozenset(dir(BaseModel)) | {"self", "cls", "must_exist", "shard", "key"}


class Names:
    """Gives names that are not taken yet; `later` ones get an underscore, or a number."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*TAKEN, *taken}

    @property
    def taken(self) -> frozenset[str]:
        return frozenset(self._taken)

    def give(self, wanted: str) -> str:
        """The wanted name, or one like it."""
        name = wanted
        if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in TAKEN:
            name = f"{name}_"
        count = 1
        while name in self._taken:
            count += 1
            name = f"{wanted}_{count}"
        self._taken.add(name)
        return name


def names_of_fields(taken: Iterable[str]) -> Names:
    """Names for the fields of an entity, none of which hides what models have."""
    return Names({*taken, *_OF_MODELS})


def snake_case(text: str, otherwise: str) -> str:
    """`customer_id` of `customerId`; with `otherwise` in front where a letter has to be."""
    words = _WORDS.sub("_", unicodedata.normalize("NFKC", text))
    name = re.sub(r"_+", "_", re.sub(r"\W", "_", words)).strip("_").lower()
    if not name:
        return otherwise
    return name if name.isidentifier() else f"{otherwise}_{name}"


def field_name(text: str) -> str:
    """The name of a field; what begins as Pydantic's own methods do gets a word in front."""
    name = snake_case(text, "field")
    return f"field_{name}" if name.startswith(("model_dump", "model_validate")) else name


def pascal_case(text: str, otherwise: str) -> str:
    """`OrderLine` of `order-line`, `ORDER_LINE` and `orderLine`."""
    name = snake_case(text, otherwise.lower())
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))
