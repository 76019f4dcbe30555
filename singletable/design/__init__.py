"""Loads designs and compiles what they declare to plain data: the intermediate representation."""

from singletable.design.calls import Call, PatternCaller, find_pattern
from singletable.design.compile import Callers, compile_design
from singletable.design.compile_entities import compile_table
from singletable.design.examples import MOMENT
from singletable.design.loading import Tables, load_callers, load_design, load_modules
from singletable.table import TABLE_NAMES, can_be_asked, is_table_name

__all__ = [
    "MOMENT",
    "TABLE_NAMES",
    "Call",
    "Callers",
    "PatternCaller",
    "Tables",
    "compile_design",
    "compile_table",
    "find_pattern",
    "can_be_asked",
    "is_table_name",
    "load_callers",
    "load_design",
    "load_modules",
]
