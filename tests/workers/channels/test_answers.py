"""What Slack's and Teams' answers mean: taken, try again, this message is at fault, this channel is broken."""

import pytest

from workers.channels import judge

SLACK = [
    pytest.param(200, "ok", "accepted", False, id="ok"),
    pytest.param(200, '{"ok":false,"error":"message_limit_exceeded"}', "refused", False, id="200-and-still-no"),
    pytest.param(200, "<html>Please log in", "refused", False, id="a-portal's-page-told-nobody"),
    pytest.param(302, "", "refused", False, id="redirects-are-not-followed"),
    pytest.param(404, "no_service", "refused", True, id="revoked"),
    pytest.param(404, "no_active_hooks", "refused", True, id="switched-off"),
    pytest.param(404, "no_team", "refused", True, id="no-team"),
    pytest.param(403, "team_disabled", "refused", True, id="team-disabled"),
    pytest.param(403, "invalid_token", "refused", True, id="invalid-token"),
    pytest.param(410, "channel_is_archived", "refused", True, id="archived"),
    pytest.param(403, "action_prohibited", "refused", True, id="prohibited"),
    pytest.param(400, "user_not_found", "refused", True, id="its-person-is-gone"),
    pytest.param(404, "", "refused", True, id="the-status-alone-is-enough"),
    pytest.param(400, "invalid_payload", "dead", False, id="our-message-is-at-fault"),
    pytest.param(400, "no_text", "dead", False, id="no-text"),
    pytest.param(400, "too_many_attachments", "dead", False, id="too-many"),
    pytest.param(400, "what?", "dead", False, id="an-unknown-400"),
    pytest.param(429, '{"retry_after":1,"ok":false,"error":"rate_limited"}', "refused", False, id="too-fast"),
    pytest.param(500, "rollup_error", "refused", False, id="their-trouble"),
    pytest.param(503, "no_service", "refused", False, id="a-5xx-is-theirs-whatever-it-says"),
]
TEAMS = [
    pytest.param(202, "", "accepted", False, id="accepted"),
    pytest.param(200, "1", "accepted", False, id="an-owner's-response-action"),
    pytest.param(200, '{"ok":false}', "accepted", False, id="slack's-words-mean-nothing-here"),
    pytest.param(400, '{"error":{"code":"TriggerInputSchemaMismatch"}}', "dead", False, id="our-card-is-at-fault"),
    pytest.param(400, '{"error":{"code":"WorkflowTriggerIsNotEnabled"}}', "refused", True, id="switched-off"),
    pytest.param(401, '{"error":{"code":"DirectApiAuthorizationRequired"}}', "refused", True, id="tenant-only"),
    pytest.param(404, "", "refused", True, id="gone"),
    pytest.param(413, "Request Entity too large", "dead", False, id="too-large"),
    pytest.param(408, "", "refused", False, id="timed-out"),
    pytest.param(429, "", "refused", False, id="throttled"),
    pytest.param(502, "NoResponse", "refused", False, id="5xx"),
    pytest.param(307, "", "refused", False, id="redirect"),
]


@pytest.mark.parametrize(("status", "text", "outcome", "broken"), SLACK)
def test_slack_is_judged_by_its_words_then_by_status(status, text, outcome, broken):
    verdict = judge("slack", status, text)

    assert (verdict.outcome, verdict.permanent_reason is not None) == (outcome, broken)


@pytest.mark.parametrize(("status", "text", "outcome", "broken"), TEAMS)
def test_teams_takes_any_2xx(status, text, outcome, broken):
    verdict = judge("teams", status, text)

    assert (verdict.outcome, verdict.permanent_reason is not None) == (outcome, broken)


def test_a_broken_channel_says_why_and_what_to_do():
    reason = judge("slack", 404, "no_service").permanent_reason

    assert reason == "no_service: this webhook was removed; make a new one"
