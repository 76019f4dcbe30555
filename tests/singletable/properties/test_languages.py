"""Languages against enumeration: every short text over a tiny alphabet, asked of `re`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from singletable.errors.declaration import InvalidTemplate
from singletable.errors.request import InvalidKeyValue
from singletable.formats import Format
from singletable.formats.folding import fold_text
from singletable.languages.characters import ANY, unchanged
from singletable.languages.expressions import Automaton, beginning_between, literal
from singletable.languages.inclusion import is_within
from singletable.languages.pattern import compile_pattern
from singletable.templates import Language, Template, compile_template, shared_text

SOME = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
LETTERS = "ab#é"
SHORT = ["".join(row) for length in range(5) for row in product(LETTERS, repeat=length)]
ATOMS = st.sampled_from(["a", "b", "é", "[ab]", "[^a]", ".", r"\w", r"[a-b]", r"\#", "(?:ab)"])


def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}"])
    return st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("(?:{}){}".format, inner, repeats),
    )


PATTERNS = st.recursive(ATOMS, extend, max_leaves=6)


@dataclass(frozen=True, kw_only=True)
class Own(Format):
    """A project's own format, of which only the promises matter here."""

    name: str = "own"
    alphabet: frozenset[str] | None = None

    def encode(self, value: object) -> str:
        text = str(value)
        if not self.has(text):
            raise ValueError("is no such text")
        return text

    def decode(self, text: str) -> str:
        return self.encode(text)

    def example(self, field: str) -> str:
        return "a"

    def has(self, text: str) -> bool:
        """By `re` and by counting."""
        size, allowed = len(text.encode()), self.alphabet
        fits = allowed is None or allowed.issuperset(text)
        longest = size if self.max_bytes is None else self.max_bytes
        matches = self.pattern is None or re.fullmatch(self.pattern, text) is not None
        return fits and self.min_bytes <= size <= longest and matches


FORMATS = st.builds(
    Own,
    alphabet=st.sampled_from([None, frozenset("ab"), frozenset("aé"), frozenset("b")]),
    min_bytes=st.integers(1, 3),
    max_bytes=st.sampled_from([None, 3, 4]),
    pattern=st.none() | PATTERNS,
)


def has(language: Automaton, text: str) -> bool:
    """Whether a language has a text."""
    known = Language(lambda: [literal(text).automaton])
    return shared_text(Language(lambda: [language]), known) is not None


@SOME
@given(PATTERNS)
def test_a_pattern_means_what_it_means_in_python(source: str) -> None:
    """For every text of up to four characters."""
    language = compile_pattern(source)
    for text in SHORT:
        assert has(language, text) == (re.fullmatch(source, text) is not None)


@st.composite
def templates(draw: st.DrawFn, limit: int = 1024) -> Template:
    """Templates of one or two placeholders, with a literal before, between and behind."""
    formats = {"f0": draw(FORMATS), "f1": draw(FORMATS)}
    source = draw(st.sampled_from(["{f0}", "a{f0}", "{f0}#{f1}", "{f0}é{f1}", "{f0}b", "a#{f0}#"]))
    try:
        return compile_template(source, formats, where="Own.key", limit=limit)
    except InvalidTemplate:
        reject()


def renders(template: Template, text: str) -> bool:
    """Whether values give this text, found by taking it apart and putting it together."""
    try:
        return template.render(template.parse(text)) == text
    except (ValueError, InvalidKeyValue):
        return False


@SOME
@given(templates(), templates(limit=5) | templates())
def test_two_templates_share_a_text_if_and_only_if_a_search_finds_one(
    one: Template, other: Template
) -> None:
    """And the one that is shown is as short as any that was found."""
    found = [text for text in SHORT if renders(one, text) and renders(other, text)]
    shared = shared_text(one.language, other.language)
    if shared is not None:
        assert renders(one, shared)
        assert renders(other, shared)
    sizes = [len(text.encode()) for text in found]
    if sizes:
        assert shared is not None
        assert len(shared.encode()) <= min(sizes)
    else:
        assert shared is None or shared not in SHORT


@SOME
@given(templates(), templates(), st.integers(0, 1))
def test_a_beginning_is_met_if_and_only_if_a_search_finds_it(
    asked: Template, other: Template, given_parts: int
) -> None:
    """Of the values of the first parts, and any text behind."""
    count = min(given_parts, len(asked.parts) - 1)
    shared = shared_text(asked.language_asked(count, None, None, {}), other.language)
    found = [text for text in SHORT if renders(other, text) and begins(asked, count, text)]
    if found:
        assert shared is not None
    if shared is not None:
        assert renders(other, shared)
        assert begins(asked, count, shared)


def begins(template: Template, count: int, text: str) -> bool:
    if count == 0:
        return text.startswith(template.literal)
    (part, *_) = template.parts
    format_ = part.format
    assert isinstance(format_, Own)
    rest = text.removeprefix(template.literal)
    return text.startswith(template.literal) and any(
        rest[at:].startswith(part.after)
        and format_.has(rest[:at])
        and not part.forbidden.intersection(rest[:at])
        for at in range(len(rest) + 1)
    )


@SOME
@given(st.data(), st.integers(1, 3))
def test_what_begins_between_two_texts_is_found_by_comparing(
    data: st.DataObject, size: int
) -> None:
    """With either end, or both."""
    texts = st.text("abé", min_size=size, max_size=size)
    low, high = data.draw(st.none() | texts), data.draw(st.none() | texts)
    if low is not None and high is not None and low > high:
        low, high = high, low
    language = beginning_between(low, high)
    for text in SHORT:
        within = (low is None or text >= low) and (high is None or text[:size] <= high)
        assert has(language, text) == within


EVERY = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


@pytest.mark.parametrize("fold", ["nfc", "nfkc"])
def test_every_character_folds_once_for_all(fold: str) -> None:
    """Folding what is folded changes nothing, and leaves no character that folding would change."""
    for character in EVERY[:0x2FA20] + EVERY[0xE0000 - 0x800 :: 97]:
        folded = fold_text(f"a{character}b", fold)  # type: ignore[arg-type]
        assert fold_text(folded, fold) == folded  # type: ignore[arg-type]


def test_the_characters_that_lower_case_changes_are_found() -> None:
    """All of them, in every plane."""
    same = unchanged(str.lower)
    assert all((each in same) == (each.lower() == each) for each in EVERY if each in ANY)


def _shaped(pattern: str, sizes: tuple[int, int | None]) -> Automaton:
    known = compile_pattern(pattern)
    return replace(known, least=sizes[0], most=sizes[1])


SIZES = st.sampled_from([(0, None), (1, None), (0, 3), (2, 4)])


@SOME
@given(PATTERNS, PATTERNS, SIZES, SIZES)
def test_a_language_is_within_another_if_all_its_texts_are(
    pattern: str, other: str, sizes: tuple[int, int | None], others: tuple[int, int | None]
) -> None:
    """Held against enumeration; what is within, has no short text that is not."""

    def has(expression: str, bounds: tuple[int, int | None], text: str) -> bool:
        size = len(text.encode())
        is_long = bounds[1] is not None and size > bounds[1]
        return re.fullmatch(expression, text) is not None and size >= bounds[0] and not is_long

    within = is_within(_shaped(pattern, sizes), _shaped(other, others))
    mine = [text for text in SHORT if has(pattern, sizes, text)]
    if within:
        assert all(has(other, others, text) for text in mine)
    union = compile_pattern(f"(?:{pattern})|(?:{other})")
    assert is_within(_shaped(pattern, sizes), union)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("[0-9]{2}", "[0-9]{2,3}", True),
        ("[0-9]{2,3}", "[0-9]{2}", False),
        ("[0-9]{2}", "[0-9][0-9]", True),
        ("(?:ab)*", "[ab]*", True),
        ("[ab]*", "(?:ab)*", False),
        ("é", "[à-ü]", True),
        (".", "[^a]", False),
        ("(?:a|b)*c", "a*c|.*b.*c", True),
    ],
)
def test_a_language_is_within_another(one: str, other: str, expected: bool) -> None:
    assert is_within(compile_pattern(one), compile_pattern(other)) is expected
