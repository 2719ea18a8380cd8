"""What a message is made of, in no vendor's form: the kinds and their looks, and the parts that every chat shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rules.facts import Field, Minutes, Said
from rules.model import Mention, Severity
from rules.news import NewsKind
from rules.words import MARKS, clean, cut

OwnKind = Literal["blind", "sees_again", "channel_broken", "channel_mended", "budget", "webhooks", "memory", "gap"]
MessageKind = Literal[NewsKind, OwnKind, "digest", "storm", "test", "roll_call", "hand_over", "silence"]
Shape = Literal["card", "line"]
Tone = Literal["bad", "warn", "good", "grey"]

TEST = "TEST, nothing is wrong: "
TONES: Mapping[Severity, Tone] = {"critical": "bad", "warning": "warn"}
_NAME = 60  # letters of somebody who is called


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of message: its shape, what leads its header, and whether it tells an end."""

    shape: Shape
    lead: str = ""
    closing: bool = False


KINDS: Mapping[MessageKind, Row] = {
    "fire": Row("card"),
    "worse": Row("card", lead="Worse: "),
    "dropped": Row("card"),
    "escalated": Row("card"),
    "reopened": Row("card", lead="Bad again: "),
    "storm": Row("card"),
    "flapping": Row("line"),
    "also": Row("line"),
    "reminder": Row("line"),
    "resolved": Row("line", closing=True),
    "closed_bad": Row("line", closing=True),
    "broke_and_recovered": Row("line", closing=True),
    "back": Row("line"),
    "better": Row("line"),
    "taken": Row("line"),
    "untaken": Row("line"),
    "snoozed": Row("line"),
    "held": Row("line"),
    "resumed": Row("line"),
    "blind": Row("card"),
    "sees_again": Row("line", closing=True),
    "channel_broken": Row("card"),
    "channel_mended": Row("line", closing=True),
    "budget": Row("card"),
    "webhooks": Row("card"),
    "memory": Row("card"),
    "gap": Row("card"),
    "digest": Row("line"),
    "test": Row("line"),
    "roll_call": Row("line"),
    "hand_over": Row("line"),
    "silence": Row("line"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """What a reader may do: its name, and the page that does it."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Gist:
    """An alert in half a line, for the worst of a night: "Dr Chen 02:14-02:31, 22 % received". `harm` orders them."""

    text: str
    harm: float


@dataclass(frozen=True, slots=True)
class Message:
    """A message in no vendor's form. Every text is clean and bounded, and none is escaped for anybody.

    `first` is the sentence of lock screens (≤ 110; a roll-call or notice ≤ 300), `brief` the same as a line of a
    digest. A line has only `first`, `still`, `lines`, `actions`, `context` and `age`. `zone` tells which clock the
    times were read from. `still` and the fields hold a mark for each of `mentions`, which chats turn into their own
    mention; `spoken` gives such a text with plain names. `place` is the meeting, as far as the channel may know it.
    """

    kind: MessageKind
    severity: Severity | None
    tone: Tone
    first: str
    brief: str
    zone: str
    header: str = ""
    section: tuple[Said, ...] = ()
    still: str = ""
    fields: tuple[Field, ...] = ()
    minutes: Minutes | None = None
    lines: tuple[tuple[Tone, str], ...] = ()
    context: tuple[str, ...] = ()
    age: str = ""
    test: bool = False
    alert: str = ""  #: its id; "" for what is of no single alert
    actions: tuple[Action, ...] = ()
    mentions: tuple[Mention, ...] = ()
    place: str = ""
    gist: Gist | None = None

    def spoken(self, text: str) -> str:
        """One of its texts, with the plain names of those whom it calls."""
        for mark, mention in zip(MARKS, self.mentions, strict=False):
            text = text.replace(mark, cut(clean(mention.name), _NAME) or "somebody")
        return text
