"""Key conditions as what patterns ask: values of fields, and a range on the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from singletable.design import ir
from singletable.design.wire_text import GREATEST

_ARGUMENT = 0xD800
_LAST = ("~", GREATEST)
"""What sorts after every text, as ranges end with it."""
_RANGES = {
    "<": "before",
    "<=": "at_most",
    ">": "after",
    ">=": "at_least",
    "BETWEEN": "between",
    "begins_with": "begins_with",
}


class NotAsked(ValueError):
    """Why key conditions cannot be asked by fields."""


@dataclass(frozen=True)
class Said:
    """What a condition says of a field: an argument, a constant, or text with arguments in it."""

    text: str
    arguments: tuple[str, ...]

    @property
    def argument(self) -> str | None:
        """The argument that it is, alone."""
        is_one = len(self.text) == 1 and self.text == chr(_ARGUMENT)
        return self.arguments[0] if is_one else None

    @property
    def constant(self) -> str | None:
        return None if self.arguments else self.text

    @property
    def shown(self) -> str:
        """As the design has it: `G{groupId}`."""
        text = self.text
        for at, name in enumerate(self.arguments):
            text = text.replace(chr(_ARGUMENT + at), f"{{{name}}}")
        return text


@dataclass
class Asked:
    """The fields that are equal to something; the range on the next field, by a query's method."""

    equals: dict[str, Said] = field(default_factory=dict[str, Said])
    method: str = ""
    field: str = ""
    ends: tuple[Said, ...] = ()


def asked_of(key: ir.Key, conditions: Sequence[ir.KeyCondition]) -> Asked:
    """What conditions ask of a key; `NotAsked` says what of it no query by fields can."""
    stated = {each.attribute: each for each in conditions}
    names = [each.attribute for each in key.templates]
    other = next((name for name in stated if name not in names), None)
    if other is not None:
        raise NotAsked(f"{other} is no key attribute of {key.index}")
    asked = Asked()
    for template in key.partition:
        condition = stated.get(template.attribute)
        if condition is None or condition.operator != "=":
            raise NotAsked(f"it does not say {template.attribute}, of the partition key, by =")
        _add_whole(asked, template, condition)
    for template in key.sort:
        condition = stated.get(template.attribute)
        if condition is None:
            break
        if condition.operator == "=":
            _add_whole(asked, template, condition)
        else:
            _add_range(asked, template, condition)
            break
    return asked


def _add_whole(asked: Asked, template: ir.Template, condition: ir.KeyCondition) -> None:
    covered, rest, is_begun = _covered(template, condition.operands[0], is_whole=True)
    if not is_begun or len(covered) < len(template.parts) or rest:
        raise NotAsked(f"what it asks of {template.attribute} is no {template.source}")
    _add(asked, template, covered)


def _add(asked: Asked, template: ir.Template, covered: Sequence[Said]) -> None:
    for part, said in zip(template.parts, covered, strict=False):
        if asked.equals.setdefault(part.field, said) != said:
            raise NotAsked(f"it says two things of {part.field}")


def _add_range(asked: Asked, template: ir.Template, condition: ir.KeyCondition) -> None:
    if _asks_for_all(template, condition):
        return
    found = [_covered(template, each) for each in condition.operands]
    covered, rest, _ = found[0]
    other = NotAsked(f"its {condition.operator} on {template.attribute} is no range on a field")
    if not all(each[2] for each in found) or any(each[0] != covered for each in found):
        raise other
    _add(asked, template, covered)
    if condition.operator == "begins_with" and not rest:
        return
    if len(covered) == len(template.parts) or not any(text for _, text, _ in found):
        raise other
    ends = [
        _said(each[1], operand) for each, operand in zip(found, condition.operands, strict=True)
    ]
    asked.field, asked.method = template.parts[len(covered)].field, _RANGES[condition.operator]
    if asked.method == "between" and not all(each.text for each in ends):
        asked.method = "at_least" if ends[0].text else "at_most"
        ends = [each for each in ends if each.text]
    if not all(each.text for each in ends):
        raise NotAsked(f"its {condition.operator} on {template.attribute} has no end")
    asked.ends = tuple(ends)
    if asked.method in ("between", "at_most"):
        asked.ends = (*ends[:-1], _without_last_character(ends[-1]))


def _asks_for_all(template: ir.Template, condition: ir.KeyCondition) -> bool:
    """Whether every text of a template meets a condition, so that it asks for nothing."""
    if condition.operator == "BETWEEN":
        return _holds_all(template, *condition.operands)
    text, _ = _text_of(condition.operands[0])
    return condition.operator == "begins_with" and template.literal.startswith(text)


def _holds_all(template: ir.Template, low: ir.Operand, high: ir.Operand) -> bool:
    """Whether every text of a template is between two constants."""
    (first, names), (last, others) = _text_of(low), _text_of(high)
    literal = template.literal
    if names or others or first > literal:
        return False
    if not template.parts:
        return literal <= last
    return last > literal and (not last.startswith(literal) or last[len(literal) :] in _LAST)


def _without_last_character(end: Said) -> Said:
    """The argument alone, of an end that stands for all that begins with it: `{until}~`."""
    text = end.text[:1]
    return Said(text, end.arguments) if text and end.text[1:] in _LAST else end


def _text_of(operand: ir.Operand) -> tuple[str, tuple[str, ...]]:
    """The operand's text, in which the n-th argument is a lone surrogate."""
    text, arguments = "", list[str]()
    for each in operand.segments:
        if each.kind == "text":
            text += each.text
        else:
            text += chr(_ARGUMENT + len(arguments))
            arguments.append(each.text)
    return text, tuple(arguments)


def _covered(
    template: ir.Template, operand: ir.Operand, *, is_whole: bool = False
) -> tuple[list[Said], str, bool]:
    """What is said of each field that is covered whole, the text behind them, and whether it
    begins as the template does. `is_whole`: the operand is a key, not its beginning."""
    text, _ = _text_of(operand)
    if not text.startswith(template.literal):
        return [], text, False
    text, covered = text[len(template.literal) :], list[Said]()
    for at, part in enumerate(template.parts):
        is_last = at == len(template.parts) - 1
        end = text.find(part.after, 1) if part.after else -1
        if not part.after and is_last and is_whole:
            end = len(text)
        if end < 1:
            break
        covered.append(_said(text[:end], operand))
        text = text[end + len(part.after) :]
    return covered, text, True


def _said(text: str, operand: ir.Operand) -> Said:
    """A part of an operand's text, with the arguments that it has."""
    _, names = _text_of(operand)
    own, shown = list[str](), ""
    for character in text:
        at = ord(character) - _ARGUMENT
        if 0 <= at < len(names):
            shown += chr(_ARGUMENT + len(own))
            own.append(names[at])
        else:
            shown += character
    return Said(shown, tuple(own))


def by_position(key: ir.Key, asked: Asked) -> tuple[Mapping[int, Said], int | None]:
    """What is asked by the places of fields in a key: keys of a collection have other names."""
    order = list(dict.fromkeys(p.field for each in key.templates for p in each.parts))
    places = {order.index(name): said for name, said in asked.equals.items()}
    return places, order.index(asked.field) if asked.field else None
