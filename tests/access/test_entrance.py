"""How people come in: what must be set up for it, and what is refused in words."""

import pytest

from analytics.access.actions import CHANGES, Action
from analytics.access.cookies import make_cookie, secure_cookies
from analytics.access.doors import refuse_to_open
from analytics.access.entrance import Entrance, read_entrance
from analytics.access.rights import Rights
from analytics.server.forwarded import BelievedProxies
from analytics.settings import Settings, SettingsError
from analytics.store.audit import What
from analytics.store.people import ROLES
from analytics.ui.menu import MENU, MOVED

AUTH = {
    "client_id": "dashboard",
    "client_secret": "geheim",
    "server_metadata_url": "https://id.example/.well-known/openid-configuration",
    "redirect_uri": "https://reports.example/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
}


def test_without_anything_set_up_nobody_but_this_machine_comes_in():
    assert read_entrance(None, Settings()) == Entrance()
    assert not Entrance().is_open


def test_complete_sign_in_lets_people_in_from_everywhere():
    entrance = read_entrance(AUTH, Settings())
    assert entrance.is_open
    assert (entrance.sign_in.origin, entrance.sign_in.host) == ("https://reports.example", "reports.example")
    assert entrance.sign_in.is_secure


@pytest.mark.parametrize("missing", AUTH)
def test_incomplete_sign_in_is_refused_by_what_is_missing(missing):
    for value in (None, "", 7):
        with pytest.raises(SettingsError, match=missing):
            read_entrance({**AUTH, missing: value}, Settings())


@pytest.mark.parametrize(("name", "value", "why"), [
    ("cookie_secret", "0123456789abcdef0123456789abcde", "32 random characters or more"),
    ("redirect_uri", "http://reports.example/oauth2callback", "is the https address"),
    ("redirect_uri", "https://reports.example/", "is the https address"),
    ("redirect_uri", "https:///oauth2callback", "is the https address"),
    ("server_metadata_url", "http://id.example/x", "is an https address"),
])  # fmt: skip
def test_unsafe_sign_in_is_refused_in_words(name, value, why):
    with pytest.raises(SettingsError, match=why):
        read_entrance({**AUTH, name: value}, Settings())


def test_this_machine_needs_no_tls():
    local = {**AUTH, "redirect_uri": "http://127.0.0.1:8501/oauth2callback"}
    assert not read_entrance(local, Settings()).sign_in.is_secure


def test_everybody_may_look_or_people_sign_in_and_not_both():
    assert read_entrance(None, Settings(anyone_may_look=True)).is_open
    with pytest.raises(SettingsError, match="ANALYTICS_ANYONE_MAY_LOOK"):
        read_entrance(AUTH, Settings(anyone_may_look=True))


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "192.168.1.5"])  # noqa: S104
def test_the_app_starts_where_others_reach_it_only_with_an_entrance(address, monkeypatch):
    monkeypatch.setattr("streamlit.get_option", lambda _: address)
    assert "Set up sign-in" in refuse_to_open(Entrance())
    assert refuse_to_open(read_entrance(AUTH, Settings())) is None
    assert refuse_to_open(Entrance(anyone_may_look=True)) is None


def test_proxies_are_named_by_address_or_network():
    entrance = read_entrance(None, Settings(trusted_proxies="127.0.0.1, 10.0.0.0/8"))
    assert [entrance.trusts(each) for each in ("127.0.0.1", "10.9.8.7", "192.0.2.1", "nobody", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    with pytest.raises(SettingsError, match="ANALYTICS_TRUSTED_PROXIES"):
        read_entrance(None, Settings(trusted_proxies="proxy.example"))


def believed(peer, **headers):
    """The scheme and the sender of a request that a peer passes on."""
    seen = {}

    async def app(scope, _receive, _send):
        seen.update(scope)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "client": (peer, 1), "headers": raw}
    passed = BelievedProxies(app, read_entrance(None, Settings(trusted_proxies="10.0.0.0/8")).trusts)(scope, None, None)
    with pytest.raises(StopIteration):
        passed.send(None)
    return seen["scheme"], seen["client"][0]


def test_a_trusted_proxy_is_believed_and_nobody_else():
    said = {"x_forwarded_proto": "https", "x_forwarded_for": "192.0.2.7"}
    assert believed("10.0.0.1", **said) == ("https", "192.0.2.7")
    assert believed("192.0.2.1", **said) == ("http", "192.0.2.1")


def test_of_several_senders_the_last_that_is_no_proxy_counts():
    said = {"x_forwarded_for": "203.0.113.9, 192.0.2.7, 10.0.0.2"}
    assert believed("10.0.0.1", **said) == ("http", "192.0.2.7")
    assert believed("10.0.0.1", x_forwarded_proto="gopher") == ("http", "10.0.0.1")


def test_cookies_are_as_safe_as_they_can_be_and_those_that_say_who_it_is_are_left_out():
    given = [
        (b"set-cookie", b"_streamlit_session=a; path=/; HttpOnly; SameSite=lax"),
        (b"set-cookie", b"_streamlit_xsrf=b; path=/"),
        (b"set-cookie", b"_streamlit_user=c"),
        (b"set-cookie", b"_streamlit_user_tokens_1=d"),
        (b"content-type", b"text/html"),
    ]
    assert secure_cookies(given, secure=True) == [
        (b"set-cookie", b"_streamlit_session=a; path=/; HttpOnly; SameSite=lax; Secure"),
        (b"set-cookie", b"_streamlit_xsrf=b; path=/; Secure; SameSite=Lax"),
        (b"content-type", b"text/html"),
    ]
    assert b"Secure" not in secure_cookies(given, secure=False)[0][1]
    ours = make_cookie("__Host-analytics_session", "x", secure=True, seconds=60)[1]
    assert ours == b"__Host-analytics_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"


def test_each_thing_that_is_noted_says_which_action_it_is():
    assert CHANGES.keys() == set(What)


def test_roles_grow_and_no_role_may_nothing():
    for action in Action:
        allowed = [action.is_for(role) for role in ROLES]
        assert allowed == sorted(allowed)
        assert allowed[-1]
        assert not action.is_for(None)
        assert not action.is_for("owner")
        assert not Rights(None).may(action, 1)


def test_each_page_says_what_seeing_it_is():
    pages = [page for group in MENU.values() for page in group] + list(MOVED)
    assert all(isinstance(page.action, Action) for page in pages)
