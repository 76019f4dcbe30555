"""Everything declared, as rows: what documents, golden requests and commands are made from."""

from singletable.catalogue.catalogue import Callers, Catalogue, Group, IndexRow
from singletable.catalogue.design import load_callers, load_design
from singletable.catalogue.entity_row import EntityRow, FieldRow, KeyRow, UniqueRow
from singletable.catalogue.pattern_row import Example, ParameterRow, PatternRow
from singletable.catalogue.reading import Reading
from singletable.catalogue.writing import Writing

__all__ = [
    "Callers",
    "Catalogue",
    "EntityRow",
    "Example",
    "FieldRow",
    "Group",
    "IndexRow",
    "KeyRow",
    "ParameterRow",
    "PatternRow",
    "Reading",
    "UniqueRow",
    "Writing",
    "load_callers",
    "load_design",
]
