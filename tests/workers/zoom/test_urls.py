"""Which path a question goes to."""

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


@pytest.mark.parametrize("name", sorted(urls.CALLS))
def test_every_call_spends_a_budget_and_names_its_scopes(name: str) -> None:
    call = urls.CALLS[name]

    assert call.label in ("heavy", "intensive", "light")
    assert all(scope.startswith("dashboard") for scope in call.scopes)
    assert call.of_person == ("{participant}" in call.path)
