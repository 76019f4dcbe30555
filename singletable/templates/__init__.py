"""Key templates: `CATEGORY#{category_id}`, compiled once into named parts."""

from singletable.templates.compile import compile_template
from singletable.templates.overlap import may_coincide, may_start_with
from singletable.templates.template import Part, Template

__all__ = ["Part", "Template", "compile_template", "may_coincide", "may_start_with"]
