"""What SMTP_URL may say, and the words with which anything else is refused."""

import pytest

from rules.mailing import MailServerError, mail_server


@pytest.mark.parametrize(
    ("url", "where", "who"),
    [
        pytest.param("smtp://m.example.org", ("m.example.org", 587, False), "qoswatch@m.example.org", id="bare"),
        pytest.param("smtps://m.example.org", ("m.example.org", 465, True), "qoswatch@m.example.org", id="tls"),
        pytest.param("smtp://127.0.0.1:25/", ("127.0.0.1", 25, False), "qoswatch@localhost", id="this-machine"),
        pytest.param("smtp://[::1]:25", ("::1", 25, False), "qoswatch@localhost", id="this-machine-by-ipv6"),
        pytest.param("smtp://m?from=av+q@example.org", ("m", 587, False), "av+q@example.org", id="another-name"),
        pytest.param("smtp://a%40b.org:x@m", ("m", 587, False), "a@b.org", id="the-user-is-an-address"),
        pytest.param("smtp://av:x@m.org", ("m.org", 587, False), "qoswatch@m.org", id="the-user-is-none"),
    ],
)  # fmt: skip
def test_a_mail_server_is_read(url, where, who):
    server = mail_server(url)

    assert (server.host, server.port, server.tls) == where
    assert server.sender == who


def test_user_and_password_may_hold_anything_when_it_is_encoded():
    server = mail_server("smtp://al%2Ferts:p%40ss%3F%20%23@mail.example.org:2525")

    assert (server.user, server.password, server.port) == ("al/erts", "p@ss? #", 2525)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("mail.example.org", "is not the address of a mail server", id="no-scheme"),
        pytest.param("http://mail.example.org", "use smtp://user:password@", id="another-scheme"),
        pytest.param("smtp://", "is not the address", id="no-host"),
        pytest.param("smtp://m:mail", "is not the address", id="no-port"),
        pytest.param("smtp://m:0", "is not the address", id="port-zero"),
        pytest.param("smtp://[::1", "is not the address", id="half-an-ip"),
        pytest.param("smtp://user:geheim word@m", "is not the address", id="space"),
        pytest.param("smtp://user@m", "a user name and a password, or neither", id="no-password"),
        pytest.param("smtp://user:gehei%C3%A4m@m", "beyond ASCII", id="umlaut"),
        pytest.param("smtp://user:geh/eim@m", "is not the address", id="slash-in-password"),
        pytest.param("smtp://m/inbox", "is written as %2F", id="path"),
        pytest.param("smtp://m?form=a@b.org", "knows nothing but 'from'", id="misspelt"),
        pytest.param("smtp://m?from=Ana", "'from' that is no e-mail address", id="from-nobody"),
    ],
)
def test_anything_else_is_refused_without_the_password(url, words):
    with pytest.raises(MailServerError) as refused:
        mail_server(url)

    assert words in str(refused.value)
    assert "geh" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "here"), [("127.0.0.1", True), ("[::1]", True), ("localhost", True), ("mail.example.org", False)]
)
def test_only_this_machine_is_here(host, here):
    assert mail_server(f"smtp://{host}").is_here is here
