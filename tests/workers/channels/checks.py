"""What Slack and Teams would say of a body, as far as their documents tell: an empty list is a good one.

Slack: slack_sdk's own models, and beside them every limit that the models let pass. Teams: Adaptive Cards 1.4,
with no element or property that came after 1.2.
"""

import json
import re

from slack_sdk.models.blocks import Block

#: Those whom the stories call; strangers write other mentions into their names.
CALLED = {"<@U0FANA>": "Ana Ruiz", "<@U0FBEN>": "Ben Ito"}
_NAMES = frozenset(CALLED.values())
_CALL = re.compile("|".join(CALLED))
_OFFERS = "Take it|Take all|Snooze 15 min|Not for this meeting|False alarm|Open"
_MENTION = re.compile(r"<[!@#]")
_LINK = re.compile(rf"<(?!https?://[^<>|]+\|(?:How|{_OFFERS})>)")
_AT = re.compile(r"<at>([^<>]*)</at>")
_STYLE = re.compile(r"[*~`]|(?<!\w)_|_(?!\w)")
_TEXT_BLOCK = {
    "type": None,
    "text": None,
    "wrap": {True},
    "weight": {"bolder"},
    "size": {"small", "medium", "large"},
    "color": {"default", "good", "warning", "attention"},
    "isSubtle": {True},
    "spacing": {"small"},
}
_INVISIBLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")


def units(text):
    """Length in UTF-16, the longest way to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def slack_faults(body):
    faults = [f"unknown key {key}" for key in body.keys() - {"text", "blocks", "unfurl_links", "unfurl_media"}]
    blocks = body["blocks"]
    parsed = [block.to_dict() for block in Block.parse_all(blocks)]
    faults += ["slack_sdk reads it otherwise"] if parsed != blocks else []
    faults += ["the whole is over 10,000"] if units(json.dumps(body, ensure_ascii=False)) > 10_000 else []
    faults += ["over 50 blocks"] if len(blocks) > 50 else []
    faults += ["no text"] if not body["text"] else []
    faults += _mrkdwn_faults(body["text"], styled=True)
    for block in blocks:
        for limit, text in _slack_texts(block):
            faults += [f"{block['type']} over {limit}"] if not 0 < units(text["text"]) <= limit else []
            faults += ["invisible characters"] if _INVISIBLE.search(text["text"]) else []
            if text["type"] == "mrkdwn":
                faults += _mrkdwn_faults(text["text"]) + ([] if text.get("verbatim") else ["not verbatim"])
            else:
                faults += [] if text.get("emoji") is False else ["emoji codes of strangers would show"]
    return faults


def _slack_texts(block):
    match block["type"]:
        case "header":
            yield 150, block["text"]
        case "section":
            yield from ([(3000, block["text"])] if "text" in block else [])
            yield from ((2000, field) for field in block.get("fields", ()))
        case "context":
            yield from ((2000, element) for element in block["elements"])
        case other:
            raise AssertionError(f"a {other} block")


def _mrkdwn_faults(text, styled=False):
    """Only our own links, our own bold labels, those whom we call and our own digits may mean anything."""
    text = _CALL.sub("", text)
    faults = ["a mention"] if _MENTION.search(text) else []
    faults += ["a link"] if _LINK.search(text) else []
    faults += ["an open &"] if re.search(r"&(?!amp;|lt;|gt;)", text) else []
    if styled:
        return faults
    ours = re.sub(r"<https?://[^>]*>", "", text)
    ours = re.sub(r"^\*[^*\n]+\*|`[0-9−.· ]*`", "", ours, flags=re.MULTILINE)
    return faults + (["a style"] if _STYLE.search(ours) else [])


def card_faults(body, called=_NAMES):
    """`called`: the names that may be mentioned."""
    size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
    faults = ["over 20,000 bytes"] if size > 20_000 else []
    faults += [] if body.keys() == {"type", "summary", "attachments"} and body["type"] == "message" else ["envelope"]
    (attachment,) = body["attachments"]
    card = attachment["content"]
    faults += [] if attachment["contentType"] == "application/vnd.microsoft.card.adaptive" else ["content type"]
    faults += [] if (card["type"], card["version"]) == ("AdaptiveCard", "1.4") else ["version"]
    faults += _mention_faults(card, called)
    faults += [
        f"unknown key {key}" for key in card.keys() - {"$schema", "type", "version", "msteams", "body", "actions"}
    ]
    faults += _action_faults(card.get("actions", [{}]))
    faults += [] if card["body"][0]["text"] == body["summary"] else ["the first TextBlock is not the summary"]
    for element in card["body"]:
        faults += _element_faults(element, called)
    return faults


def _texts(inside):
    """Every text in a part of a card, as people read it."""
    if isinstance(inside, str):
        return [inside]
    parts = inside.values() if isinstance(inside, dict) else inside if isinstance(inside, list) else ()
    return [text for part in parts for text in _texts(part)]


def _mention_faults(card, called):
    """Each mention has its entity with the very same text, and there is no entity that calls nobody."""
    host = card["msteams"]
    entities = host.get("entities", [{}])
    faults = [] if host.get("width") == "Full" and host.keys() <= {"width", "entities"} and entities else ["msteams"]
    spoken = {f"<at>{name}</at>" for name in _AT.findall("\n".join(_texts(card["body"])))}
    declared = {entity.get("text") for entity in entities if entity}
    faults += [] if spoken == declared else ["mentions without entities, or entities without mentions"]
    for entity in filter(None, entities):
        who = entity["mentioned"]
        good = entity.keys() == {"type", "text", "mentioned"} and entity["type"] == "mention"
        good = good and who.keys() == {"id", "name"} and who["id"] and entity["text"] == f"<at>{who['name']}</at>"
        faults += [] if good and who["name"] in called else ["an entity"]
    return faults


def _action_faults(actions):
    """Buttons that open a page, at most six; a card without any has no such key."""
    if actions == [{}]:
        return []
    faults = [] if 1 <= len(actions) <= 6 else ["actions"]
    for action in actions:
        good = action.keys() == {"type", "title", "url"} and action["type"] == "Action.OpenUrl"
        good = good and re.fullmatch(_OFFERS, action["title"]) and action["url"].startswith(("http://", "https://"))
        faults += [] if good else [f"an action: {action}"]
    return faults


def _element_faults(element, called):
    if element["type"] == "FactSet":
        faults = [] if element.keys() == {"type", "facts"} and 1 <= len(element["facts"]) <= 6 else ["facts"]
        for fact in element["facts"]:
            faults += [] if fact.keys() == {"title", "value"} and fact["title"] else ["a fact"]
            faults += _markdown_faults(fact["title"], called) + _markdown_faults(fact["value"], called)
        return faults
    faults = [] if element["type"] == "TextBlock" and element["text"] else [f"element {element['type']}"]
    for key, given in element.items():
        allowed = _TEXT_BLOCK.get(key, set())
        faults += [] if allowed is None or given in allowed else [f"{key}: {given}"]
    return faults + _markdown_faults(element["text"], called)


def _markdown_faults(text, called):
    """Only our own link, our own bold lead and those whom we call may mean anything."""
    text = _AT.sub(lambda found: found[1] if found[1] in called else found[0], text)
    ours = re.sub(r"(^| )\[How\]\(https?://[^\s()\[\]<>]+\)$", "", text)
    ours = re.sub(r"^\*\*[^*]+\*\*", "", ours)
    faults = ["a mention"] if re.search(r"<|&#?\w+;", ours) else []
    faults += ["markdown"] if re.search(r"[*`~\[\]\\]|(?<!\w)_|_(?!\w)|_\w*_|^\s*([-+#]|\d+[.)])\s", ours) else []
    return faults + (["invisible characters"] if _INVISIBLE.search(text) or "\n" in text else [])
