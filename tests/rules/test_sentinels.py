"""The address of Sentinels: what it says, and in what words a wrong one is refused."""

import pytest

from rules.sentinels import Login, Sentinels, SentinelUrlError, is_sentinels, sentinels


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("redis+sentinel://s1/qos", Sentinels((("s1", 26379),), "qos"), id="the shortest"),
        pytest.param(
            "redis+sentinel://s1:26380,10.0.0.2,[::1]:7/qos/3",
            Sentinels((("s1", 26380), ("10.0.0.2", 26379), ("::1", 7)), "qos", 3),
            id="several, and a database",
        ),
        pytest.param("rediss+sentinel://s1/qos/", Sentinels((("s1", 26379),), "qos", tls=True), id="by TLS"),
        pytest.param(
            "redis+sentinel://:p%40ss@s1/qos",
            Sentinels((("s1", 26379),), "qos", servers=Login(None, "p@ss")),
            id="a password of the servers",
        ),
        pytest.param(
            "redis+sentinel://me:a:b@c@s1/qos?sentinel_password=x%26y",
            Sentinels((("s1", 26379),), "qos", servers=Login("me", "a:b@c"), own=Login(None, "x&y")),
            id="Sentinels have their own",
        ),
        pytest.param(
            "redis+sentinel://:a+b@s1/qos?sentinel_password=c+d",
            Sentinels((("s1", 26379),), "qos", servers=Login(None, "a+b"), own=Login(None, "c+d")),
            id="a plus is a plus",
        ),
    ],
)
def test_what_an_address_says(url: str, says: Sentinels) -> None:
    assert is_sentinels(url)
    assert sentinels(url) == says
    assert not any(login.password and login.password in repr(says) for login in (says.servers, says.own))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("redis+sentinel://s1:26379", "for what", id="no service"),
        pytest.param("redis+sentinel:///qos", "not which", id="no host"),
        pytest.param("redis+sentinel://s1/qos/first", "not which", id="a database is a number"),
        pytest.param("redis+sentinel://s1:0/qos", "no host and port", id="port zero"),
        pytest.param("redis+sentinel://s1:70000/qos", "no host and port", id="no such port"),
        pytest.param("redis+sentinel://s1,,s2/qos", "no host and port", id="a gap"),
        pytest.param("redis+sentinel://s1:hunter2/qos", "no host and port", id="a port that is a word"),
        pytest.param("redis+sentinel://s1/qos?hunter2=1", "do not know", id="a strange option"),
    ],
)
def test_a_wrong_address_is_refused_without_repeating_it(url: str, words: str) -> None:
    with pytest.raises(SentinelUrlError, match=words) as refused:
        sentinels(url)
    assert "hunter2" not in str(refused.value)
