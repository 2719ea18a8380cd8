"""A validator's finding → a sentence that a person can act on. The value itself is never repeated."""

from typing import Any

#: pattern → what it means, filled by `fields`: a pattern of its own is no sentence
PATTERNS: dict[str, str] = {}

_WORDS = {
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "value_error": "{error}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "union_tag_not_found": "'{discriminator}' is required",
}
_LENGTHS = {
    "string_too_short": ("must have at least {} character", "min_length"),
    "string_too_long": ("must have at most {} character", "max_length"),
    "too_short": ("must have at least {} entry", "min_length"),
    "too_long": ("must have at most {} entry", "max_length"),
}


def sentence(error: Any) -> str:
    """The sentence of one finding of pydantic."""
    kind, about = error["type"], error.get("ctx", {})
    if kind in _LENGTHS:
        words, bound = _LENGTHS[kind]
        return _plural(words, about[bound])
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(about["pattern"], "is not written as it must be")
    if kind in _WORDS:
        return _WORDS[kind].format(**{name: str(value) for name, value in about.items()})
    return str(error["msg"]).lower()


def _plural(words: str, count: int) -> str:
    text = words.format(count)
    if count == 1:
        return text
    return text[:-1] + "ies" if text.endswith("y") else text + "s"
