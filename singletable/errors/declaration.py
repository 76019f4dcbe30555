"""Errors of declarations, raised while modules load."""

from __future__ import annotations

from singletable.errors.base import SingleTableError
from singletable.records import record


@record(eq=False, frozen=False, kw_only=True)
class DeclarationError(SingleTableError):
    """A declaration that contradicts itself, another one, or DynamoDB."""

    slug = "declaration"
    message = "{where}: {declared}. Allowed: {allowed}"
    why = "A declaration contradicts itself, another declaration, or what DynamoDB can do."
    remedy = "Change the declaration named in the message."

    where: str
    declared: str
    allowed: str


class InvalidTemplate(DeclarationError):
    slug = "invalid-template"
    why = "A key template cannot be compiled: its placeholders could not be told apart in the text."
    remedy = "Separate placeholders by literal text that their values cannot contain."


class InvalidFormat(DeclarationError, ValueError):
    slug = "invalid-format"
    why = "A format is declared with bounds, a length or members that no value could have."
    remedy = "Give it what the message allows."


class UnknownTemplateField(DeclarationError):
    slug = "unknown-template-field"
    why = "A key template names a field that the entity does not have."
    remedy = "Use a field of the entity, or add the field."


class UnusableKeyField(DeclarationError):
    slug = "unusable-key-field"
    why = "A field in a key has no text form of its own, or may be absent in a primary key."
    remedy = "Annotate the field with a key format, or make it required."


class InvalidTable(DeclarationError):
    slug = "invalid-table"
    why = "A table or an index exceeds a DynamoDB limit or repeats a name."
    remedy = "Keep to the limit named in the message."


class InvalidAcceptance(DeclarationError):
    slug = "invalid-acceptance"
    why = "A design accepts a finding without a reason, or one that no check can have."
    remedy = "Copy rule and subject from what `singletable check` prints, and say why it is meant."


class InvalidEntity(DeclarationError):
    slug = "invalid-entity"
    why = "An entity is incomplete or inconsistent."
    remedy = "Complete the entity as the message says."


class InvalidView(DeclarationError):
    slug = "invalid-view"
    why = "A view says something else of its entity than the entity does, or is of none."
    remedy = "Let the view name fields of its entity, as the entity declares them."


class UnsupportedAnnotation(DeclarationError):
    slug = "unsupported-annotation"
    why = "A field's type cannot be stored in DynamoDB and read back unchanged."
    remedy = "Use one of the supported types; see docs/declaring.md."


class KeyCollision(DeclarationError):
    slug = "key-collision"
    why = "Two entities of one table can produce the same key, or mix in one query."
    remedy = "Give each entity its own literal prefix, closed by the delimiter."


class InvalidPattern(DeclarationError):
    slug = "invalid-pattern"
    why = "An access pattern is not a pure function from arguments to one operation."
    remedy = "Return one operation, documented and annotated, that uses every argument."


class ContradictoryPattern(DeclarationError):
    slug = "contradictory-pattern"
    why = "An access pattern asks what its key cannot answer."
    remedy = "Ask another key, or declare one that answers the question."
