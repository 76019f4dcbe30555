"""A design as a Python module of declarations, made of the intermediate representation alone."""

from singletable.emit.module.draft import Evidence, Module, Refusal, draft_module

__all__ = ["Evidence", "Module", "Refusal", "draft_module"]
