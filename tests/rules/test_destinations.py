"""Which addresses a channel may have, and the words with which others are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.destinations import ChannelUrlError, check_url, events_url, is_public, leads_to, masked
from rules.model import Channel
from tests.rules.alerts import at

SLACK = "https://hooks.slack.com/services/T000/B000/abcdefghijkl"
FLOW = (
    "https://prod-12.westeurope.logic.azure.com:443/workflows/0af/triggers/manual/paths/invoke"
    "?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abcdefgh"
)
NEW_FLOW = (
    "https://default0a.1b.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0af"
    "/triggers/manual/paths/invoke?api-version=1&sig=abcdefgh"
)

ACCEPTED = [
    pytest.param("slack", SLACK, id="slack"),
    pytest.param("slack", "https://hooks.slack-gov.com/services/T000/B000/abc", id="slack-for-governments"),
    pytest.param("teams", FLOW, id="an-old-flow-with-its-port"),
    pytest.param("teams", NEW_FLOW, id="a-new-flow"),
    pytest.param("teams", FLOW.replace("azure.com", "azure.us"), id="a-government's-flow"),
    pytest.param("pagerduty", "", id="pagerduty-needs-none"),
    pytest.param("pagerduty", events_url("us"), id="pagerduty"),
    pytest.param("pagerduty", events_url("eu"), id="pagerduty-in-europe"),
    pytest.param("webhook", "https://tickets.example.org/in/qos?team=av", id="a-program"),
    pytest.param("webhook", "https://93.184.216.34/in", id="a-public-address"),
    pytest.param("email", "", id="e-mail-needs-none"),
]
REFUSED = [
    pytest.param("slack", SLACK.replace("https", "http"), "starts with https://", id="plain-http"),
    pytest.param("slack", "https://hooks.slack.com/triggers/T0/1/a", "Workflow trigger (/triggers/…)", id="trigger"),
    pytest.param("slack", "https://hooks.slack.com/workflows/T0/1/a", "Workflow trigger (/workflows/…)", id="workflow"),
    pytest.param("slack", "https://hooks.slack.com/services/", "reads https://hooks.slack.com/services/T…", id="bare"),
    pytest.param("slack", "https://hooks.slack.com/services/../x/y", "no dots", id="steps-up"),
    pytest.param("slack", "https://slack.com.evil.example/services/T/B/x", "starts with https://hooks", id="other"),
    pytest.param("slack", "https://hooks.slack.com.evil.example/services/T/B/x", "starts with", id="longer-host"),
    pytest.param("slack", "https://hooks.slack.com@evil.example/services/T/B/x", "user name", id="userinfo"),
    pytest.param("slack", "https://hooks.slack.com\\@evil.example/services/T/B/x", "backslashes", id="backslash"),
    pytest.param("slack", SLACK + "#x", "fragment", id="fragment"),
    pytest.param("slack", SLACK.replace(".com", ".com:8443"), "no port", id="port"),
    pytest.param("slack", SLACK.replace(".com", ".com:99999"), "no address", id="no-port-at-all"),
    pytest.param("slack", SLACK.replace(".com", ".com."), "no address", id="a-trailing-dot"),
    pytest.param("slack", SLACK + " ", "no spaces", id="space"),
    pytest.param("slack", SLACK + "\n", "no spaces", id="newline"),
    pytest.param("slack", "https://höoks.slack.com/services/T/B/x", "beyond ASCII", id="look-alike"),
    pytest.param("slack", SLACK + "x" * 2000, "at most 2000", id="long"),
    pytest.param("slack", "hooks.slack.com/services/T/B/x", "should read https://", id="no-scheme"),
    pytest.param("slack", "https://[::1/services/T/B/x", "no address", id="half-an-ip"),
    pytest.param("slack", "http://127.0.0.1:8025/slack", "starts with https://", id="this-machine"),
    pytest.param("teams", SLACK, "ends in .environment.api", id="slack-is-not-teams"),
    pytest.param("teams", FLOW.replace("logic.azure.com", "evillogic.azure.com"), "ends in", id="no-dot-before"),
    pytest.param("teams", FLOW.replace("azure.com", "azure.com.evil.example"), "ends in", id="suffix-in-the-middle"),
    pytest.param("teams", "https://logic.azure.com/x?sig=a", "ends in", id="the-suffix-itself"),
    pytest.param("teams", FLOW.replace("prod", "p" * 64), "no address", id="a-name-that-no-resolver-takes"),
    pytest.param("teams", FLOW.partition("&sig")[0], "no sig=…", id="tenant-only"),
    pytest.param("teams", "https://acme.webhook.office.com/webhookb2/x", "retired Office 365 connector", id="retired"),
    pytest.param("teams", "https://outlook.office.com/webhook/x", "In Teams: Workflows →", id="retired-longer-ago"),
    pytest.param("pagerduty", "https://events.evil.example/v2/enqueue", "leave 'url' out", id="not-pagerduty"),
    pytest.param("pagerduty", "https://events.pagerduty.com/v1/x", "leave 'url' out", id="not-their-events"),
    pytest.param("webhook", "", "no spaces", id="a-webhook-needs-one"),
    pytest.param("webhook", "http://tickets.example.org/in", "starts with https://", id="a-webhook-in-the-clear"),
    pytest.param("webhook", "https://tickets.example.org:8443/in", "no port", id="a-webhook-with-a-port"),
    pytest.param("webhook", "https://10.1.2.3/in", "out on the Internet", id="our-network"),
    pytest.param("webhook", "https://169.254.169.254/latest", "out on the Internet", id="the-cloud's-metadata"),
    pytest.param("webhook", "https://[::ffff:127.0.0.1]/in", "out on the Internet", id="this-machine-in-disguise"),
    pytest.param("webhook", "https://2130706433/in", "out on the Internet", id="this-machine-as-a-number"),
    pytest.param("webhook", "https://tickets/in", "out on the Internet", id="a-name-of-our-network"),
    pytest.param("webhook", "https://tickets.internal/in", "QOSWATCH_ALLOW_PRIVATE_TARGETS", id="an-inner-name"),
    pytest.param("email", "https://mail.example.org/x", "give 'to'", id="e-mail-has-none"),
]
NEARBY = (
    "http://127.0.0.1:8025/slack/x",
    "http://localhost/x",
    "http://[::1]:8025/x",
    "https://10.1.2.3/x",
    "http://inbox:8025/x",
)


@pytest.mark.parametrize(("kind", "url"), ACCEPTED)
def test_an_address_of_the_vendor_is_accepted(kind, url):
    check_url(kind, url)
    check_url(kind, url, allow_private=True)


def test_a_whole_network_of_ones_own_may_be_opened_by_name():
    check_url("webhook", "https://tickets.internal/in", allow_private=True)


@pytest.mark.parametrize(("kind", "url", "words"), REFUSED)
def test_any_other_address_is_refused_with_a_word_on_what_would_work(kind, url, words):
    with pytest.raises(ChannelUrlError) as refused:
        check_url(kind, url)

    assert words in str(refused.value)
    assert refused.value.pointer == "/url"


@pytest.mark.parametrize("url", NEARBY)
@pytest.mark.parametrize("kind", ["slack", "teams", "pagerduty", "webhook"])
def test_this_machine_and_its_network_need_the_setting(kind, url):
    check_url(kind, url, allow_private=True)
    with pytest.raises(ChannelUrlError):
        check_url(kind, url)


@pytest.mark.parametrize(
    "url", ["http://8.8.8.8/x", "http://evil.example/x", "http://169.254.169.254/latest", "ftp://localhost/x"]
)
def test_the_setting_opens_nothing_beyond(url):
    with pytest.raises(ChannelUrlError):
        check_url("slack", url, allow_private=True)


@given(st.text())
def test_no_text_does_worse_than_be_refused(text):
    for kind in ("slack", "teams"):
        with pytest.raises(ChannelUrlError):
            check_url(kind, f"https://{text}", allow_private=False)
    assert "abcdefgh" not in masked(text + "/" * 20 + "abcdefgh")


@pytest.mark.parametrize(
    ("url", "shown"),
    [(SLACK, "hooks.slack.com …ijkl"), ("http://127.0.0.1:8025/slack/x", "127.0.0.1 …"), ("https://[x/", "?")],
)
def test_readers_see_the_host_and_four_characters(url, shown):
    assert masked(url) == shown


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((out, True) for out in ("93.184.216.34", "2606:2800:21f:cb07::1", "::ffff:93.184.216.34")),
        *((ours, False) for ours in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1")),
        *((ours, False) for ours in ("240.0.0.1", "::1", "fe80::1%eth0", "fd00::1", "ff02::1", "fec0::1")),
        *((hidden, False) for hidden in ("::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::")),
    ],
)
def test_an_address_of_ours_is_known_in_every_disguise(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        ("slack", {"url": SLACK}, "hooks.slack.com …ijkl"),
        ("pagerduty", {"secret": "k" * 32, "region": "eu"}, "events.eu.pagerduty.com"),
        ("email", {"to": ("av@example.org", "it@example.org")}, "av@example.org, it@example.org"),
    ],
)
def test_readers_see_where_a_channel_leads(kind, given, shown):
    assert leads_to(Channel("c", 1, kind, given.pop("url", ""), at("09:00"), **given)) == shown
