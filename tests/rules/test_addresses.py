"""The table of ways to say "in here", and the few that mean "out there"."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3.util import parse_url

from rules.addresses import address_of, is_ours, is_public
from rules.destinations import ChannelUrlError, check_url
from tests.rules.inside import ADDRESSES, ALL, INSIDE, PUBLIC

SECRETS_OF_MACHINES = [id for id in ADDRESSES if "metadata" in id]


@pytest.mark.parametrize("url", ALL)
@pytest.mark.parametrize("kind", ["webhook", "slack", "teams", "pagerduty", "email"])
def test_no_kind_of_channel_leads_in_here(kind, url):
    with pytest.raises(ChannelUrlError):
        check_url(kind, url)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_in_here_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_out_there_is_public_and_not_ours(address):
    assert is_public(address)
    assert not is_ours(address)
    assert not is_public(f"{address}%eth0")


@pytest.mark.parametrize("id", SECRETS_OF_MACHINES)
def test_not_even_a_trial_reaches_what_tells_machines_their_secrets(id):
    literal = f"[{ADDRESSES[id]}]" if ":" in ADDRESSES[id] else ADDRESSES[id]
    for scheme in ("http", "https"):
        with pytest.raises(ChannelUrlError):
            check_url("webhook", f"{scheme}://{literal}/latest/meta-data", allow_private=True)


@given(st.one_of(st.text(), st.ip_addresses().map(str), st.text("0123456789abcdefx.:%[]", max_size=40)))
def test_any_text_is_public_ours_or_neither_and_never_both(text):
    assert not (is_public(text) and is_ours(text))
    assert address_of(text) is not None or not (is_public(text) or is_ours(text))


@example("1.1.1.1/a@b", False)
@example("a.b?@127.0.0.1", False)
@example("[::1]:8025/x", True)
@given(st.text("0123456789abcxf.:%[]/@?#-\\", max_size=40), st.booleans())
def test_who_connects_reads_the_same_host_as_who_checks(text, trial):
    url = f"https://{text}"
    try:
        check_url("webhook", url, allow_private=trial)
    except ChannelUrlError:
        return
    read = parse_url(url)
    host = (read.host or "").strip("[]")
    assert read.auth is None
    assert read.port in (None, 443) or trial
    assert (
        is_public(host) or (trial and is_ours(host)) or (address_of(host) is None and not host.split(".")[-1].isdigit())
    )
