"""A meeting is named as people name it; what is kept is a number or a UUID."""

import pytest

from rules.meeting_names import meeting_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("97763643886", "97763643886", id="number"),
        pytest.param(" 977 6364 3886 ", "97763643886", id="as-zoom-shows-it"),
        pytest.param("977-6364-3886", "97763643886", id="dashes"),
        pytest.param("123 456 789", "123456789", id="nine-digits"),
        pytest.param("4444AAAiAAAAAiAiAiiAii==", "4444AAAiAAAAAiAiAiiAii==", id="uuid"),
        pytest.param("/ajXp112QmuoKj4854875A==", "/ajXp112QmuoKj4854875A==", id="uuid-with-a-slash-in-front"),
        pytest.param("https://zoom.us/j/97763643886", "97763643886", id="join-url"),
        pytest.param("https://us02web.zoom.us/j/97763643886?pwd=c2VjcmV0#success", "97763643886", id="password"),
        pytest.param("https://hospital.zoom.us/w/97763643886?tk=x", "97763643886", id="webinar-url"),
        pytest.param("https://app.zoom.us/wc/97763643886/join?fromPWA=1", "97763643886", id="web-client"),
        pytest.param("https://zoom.us/wc/join/97763643886", "97763643886", id="web-client-older"),
        pytest.param("https://agency.zoomgov.com/s/1601234567", "1601234567", id="government-start-url"),
    ],
)
def test_what_people_give_is_normalised(given: str, kept: str) -> None:
    assert meeting_name(given) == kept


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param("any", "a meeting is its number", id="no-one-meeting"),
        pytest.param("12345678", "9 to 11 digits, not 8", id="too-few-digits"),
        pytest.param("123456789012", "9 to 11 digits, not 12", id="too-many-digits"),
        pytest.param("٩٧٧٦٣٦٤٣٨٨٦x", "a meeting is its number", id="text"),
        pytest.param("", "a meeting is its number", id="empty"),
        pytest.param("https://zoom.us/my/dr.rao", "a personal link", id="personal-link"),
        pytest.param("https://zoom.us/meeting/register/abc", "no meeting number", id="registration"),
        pytest.param("https://zoom.us/j/97763643886999", "no meeting number", id="a-longer-number-is-not-cut"),
        pytest.param("https://zoom.us.example.com/j/97763643886", "no Zoom address", id="another-host"),
        pytest.param("https://notzoom.us/j/97763643886", "no Zoom address", id="a-host-that-ends-alike"),
        pytest.param("https://[zoom.us/j/97763643886", "a meeting is its number", id="half-an-ipv6"),
        pytest.param("ftp://zoom.us/j/97763643886", "no Zoom address", id="another-scheme"),
    ],
)
def test_what_names_no_meeting_is_refused_in_words(given: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        meeting_name(given)
    assert "dr.rao" not in str(refused.value)
