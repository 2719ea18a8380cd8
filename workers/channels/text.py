"""A message as plain text, in parts or whole, where there is no chat and nothing can be changed later."""

from rules.facts import Field
from rules.message import Message


def details(message: Message) -> list[str]:
    """What is wrong, a sentence each."""
    said = [each.strong + each.rest for each in message.section]
    return [*said, message.spoken(message.still)] if message.still else said


def fields(message: Message) -> list[Field]:
    """The named facts as they last, people by their names, and the last minutes."""
    row = message.minutes
    lasting = [(*(field.lasting or (field.name, field.text)), field.link) for field in message.fields]
    facts = [Field(name, message.spoken(said), link=link) for name, said, link in lasting]
    return [*facts, Field(row.name, f"{row.digits} {row.unit}".strip())] if row else facts


def lines(message: Message, most: int) -> list[str]:
    """The lines of a digest, at most so many, and how many more there are."""
    shown = [said for _, said in message.lines[:most]]
    left = len(message.lines) - len(shown)
    return [*shown, f"… and {left} more"] if left else shown


def named(message: Message) -> dict[str, str]:
    """What there is to know beside the first sentence, each under its name."""
    said = {"details": "\n".join(details(message)), **{field.name: _with_link(field) for field in fields(message)}}
    return {name: each for name, each in {**said, "about": " · ".join(message.context)}.items() if each}


def whole(message: Message) -> str:
    """All of it: the first sentence, what is wrong, the facts, what can be done, the small print."""
    age = f"{message.age} {message.zone}" if message.age else ""
    parts = (
        [message.first],
        details(message),
        [f"{field.name}: {_with_link(field)}" for field in fields(message)],
        lines(message, len(message.lines)),
        [f"{each.name}: {each.url}" for each in message.actions],
        [" · ".join(part for part in (*message.context, age) if part)],
    )
    return "\n\n".join("\n".join(part) for part in parts if any(part)) + "\n"


def _with_link(field: Field) -> str:
    return " ".join(part for part in (field.text, field.link) if part)
