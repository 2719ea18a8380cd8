"""`.env.example` lists every setting, and nothing else, with its real default."""

import re
from pathlib import Path

from dotenv import dotenv_values

from service.settings import VARIABLES, Settings, load

EXAMPLE = Path(__file__).parent.parent / ".env.example"
LINES = re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), re.M)


def test_it_lists_every_setting_once() -> None:
    names = [name for name, _ in LINES]
    assert sorted(names) == sorted(VARIABLES)


def test_as_it_stands_it_changes_nothing() -> None:
    given = {name: value or "" for name, value in dotenv_values(EXAMPLE).items()}
    assert load(given) == load({})


def test_the_defaults_it_shows_are_the_defaults() -> None:
    made_up = re.compile(r"example\.org|127\.0\.0\.1:6379|^/etc/|^$")
    shown = {name: value for name, value in LINES if not made_up.search(value)}
    spoken = load({**shown, "QOSWATCH_DATA_DIR": "~/.local/share/qoswatch"})
    plain = load({})
    assert {"PORT", "QOSWATCH_KEEP_SAMPLES", "ZOOM_API_URL"} <= set(shown)
    for field in set(Settings.model_fields) - {"files", "qoswatch_data_dir"}:
        assert getattr(spoken, field) == getattr(plain, field), field
