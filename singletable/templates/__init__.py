"""Key templates: `CATEGORY#{category_id}`, compiled once into named parts."""

from singletable.languages.language import Language, shared_text
from singletable.templates.compile import compile_template
from singletable.templates.template import End, Part, Template

__all__ = ["End", "Language", "Part", "Template", "compile_template", "shared_text"]
