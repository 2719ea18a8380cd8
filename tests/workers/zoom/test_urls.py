"""Which path a question goes to."""

from datetime import date
from typing import Any

import pytest

from workers.zoom import urls


@pytest.mark.parametrize(
    ("meeting", "encoded"),
    [
        pytest.param("97763643886", "97763643886", id="a number"),
        pytest.param("4444AAAiAAAAAiAiAiiAii==", "4444AAAiAAAAAiAiAiiAii%3D%3D", id="a plain uuid: once"),
        pytest.param("a/b+c==", "a%2Fb%2Bc%3D%3D", id="one slash inside: once"),
        pytest.param("/ajXp112==", "%252FajXp112%253D%253D", id="begins with a slash: twice"),
        pytest.param("aj//Xp+2==", "aj%252F%252FXp%252B2%253D%253D", id="two slashes inside: twice"),
        pytest.param("../users", "..%2Fusers", id="nobody climbs out of the path"),
    ],
)
def test_a_meeting_is_encoded_by_zooms_rule(meeting: str, encoded: str) -> None:
    assert urls.encoded(meeting) == encoded
    assert urls.meeting(meeting, "live").path == f"/metrics/meetings/{encoded}"


def test_a_question_knows_its_label_its_scope_and_its_type() -> None:
    question = urls.participant_qos("977", "a/b?c", "past")

    assert question.path == "/metrics/meetings/977/participants/a%2Fb%3Fc/qos"
    assert question.params == {"type": "past"}
    assert question.call.label == "heavy"
    assert question.call.scopes[0] == "dashboard:read:meeting_participant_qos:admin"


@pytest.mark.parametrize(
    ("question", "path", "label", "scope"),
    [
        (urls.meeting("9", "live"), "meetings/9", "heavy", "meeting"),
        (urls.participants("9", "live"), "meetings/9/participants", "heavy", "list_meeting_participants"),
        (urls.qos_pages("9", "live"), "meetings/9/participants/qos", "heavy", "list_meeting_participants_qos"),
        (urls.participant_qos("9", "7", "live"), "meetings/9/participants/7/qos", "heavy", "meeting_participant_qos"),
        (urls.live(date(2026, 11, 23)), "meetings", "intensive", "list_meetings"),
        (urls.meeting("9", "live", "webinar"), "webinars/9", "heavy", "webinar"),
        (urls.participants("9", "live", "webinar"), "webinars/9/participants", "heavy", "list_webinar_participants"),
        (
            urls.qos_pages("9", "live", "webinar"),
            "webinars/9/participants/qos",
            "heavy",
            "list_webinar_participants_qos",
        ),
        (
            urls.participant_qos("9", "7", "live", "webinar"),
            "webinars/9/participants/7/qos",
            "heavy",
            "webinar_participant_qos",
        ),
        (urls.live(date(2026, 11, 23), "webinar"), "webinars", "intensive", "list_webinars"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
def test_every_call_has_its_path_its_budget_and_its_scope(
    question: urls.Question, path: str, label: str, scope: str
) -> None:
    classic = f"dashboard_{path.partition('/')[0]}:read:admin"

    assert question.path == f"/metrics/{path}"
    assert question.call.label == label
    assert question.call.scopes == (f"dashboard:read:{scope}:admin", classic)
    assert question.call.of_person == ("/7/" in path)


@pytest.mark.parametrize(
    ("question", "params"),
    [
        pytest.param(urls.participants("9", "past"), {"type": "past", "page_size": "300"}, id="the longest page"),
        pytest.param(urls.qos_pages("9", "live"), {"type": "live", "page_size": "10"}, id="ten where one is usual"),
        pytest.param(
            urls.live(date(2026, 3, 1)),
            {"type": "live", "page_size": "300", "from": "2026-02-28", "to": "2026-03-01"},
            id="what began before midnight goes on after it",
        ),
    ],
)
def test_a_list_says_how_long_its_pages_are_and_its_next_page_keeps_that(
    question: urls.Question, params: dict[str, Any]
) -> None:
    assert question.params == params
    assert question.after("t/1").params == {**params, "next_page_token": "t/1"}
