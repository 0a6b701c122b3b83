"""Signing in with a real provider: who gets in, who does not, and what answers nobody."""

import time
from functools import partial

import pytest
import requests
from starlette.routing import Mount, Route, WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette import starlette_app
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.access.provider import HTML, PHONE, arrive, cookie_of

pytestmark = pytest.mark.xdist_group("signing in")

SIGN_IN_ROUTES = ("/auth/login", "/auth/sign-out", "/auth/signed-out", "/oauth2callback", "/_stcore/health")


ask = partial(requests.request, timeout=30)
get, post = partial(ask, "GET"), partial(ask, "POST")


def stream(dashboard, cookie=None, subprotocols=("streamlit",)):
    """A page's socket, with the cookie of a session."""
    told = {"Cookie": f"analytics_session={cookie}"} if cookie else {}
    address = dashboard.address.replace("http", "ws") + "/_stcore/stream"
    return connect(address, additional_headers=told, subprotocols=list(subprotocols), max_size=None)


def ask_for(socket, page="", query="period=all", seconds=20.0):
    """All that a page says when it is asked for, as one text, and its messages."""
    socket.send(BackMsg(rerun_script={"query_string": query, "page_name": page}).SerializeToString())
    said, messages, until = b"", [], time.monotonic() + seconds
    while time.monotonic() < until:
        raw = bytes(socket.recv(timeout=seconds))
        message = ForwardMsg.FromString(raw)
        said += raw
        messages.append(message)
        if message.WhichOneof("type") == "script_finished":
            break
    return said.decode("latin-1"), messages


def sent_away(socket, seconds=5.0):
    """Where a socket is sent before it is closed, and how long that took."""
    began, where = time.monotonic(), None
    try:
        while time.monotonic() - began < 2 * seconds:
            message = ForwardMsg.FromString(bytes(socket.recv(timeout=2 * seconds)))
            if message.WhichOneof("type") == "auth_redirect":
                where = message.auth_redirect.url
    except ConnectionClosed:
        return where, time.monotonic() - began
    return where, float("inf")


def test_somebody_with_a_role_signs_in_and_comes_to_the_page_that_was_asked_for(dashboard):
    browser, answer = arrive(dashboard.address, "ann", "/messages?period=all")
    assert answer.status_code == 200
    assert answer.url == f"{dashboard.address}/messages?period=all"
    assert "<title>Streamlit</title>" in answer.text
    set_at = [step.headers["set-cookie"] for step in answer.history if "set-cookie" in step.headers]
    ours = next(each for each in set_at if "analytics_session=" in each)
    assert "HttpOnly" in ours
    assert "SameSite=Lax" in ours
    assert {cookie.name for cookie in browser.cookies} & {"_streamlit_user", "_streamlit_user_tokens"} == set()


@pytest.mark.parametrize(("name", "why"), [
    ("for another", "The sign-in was for another program."),
    ("too old", "Signing in did not work"),
    ("unverified", "The sign-in provider has not verified your e-mail address."),
    ("unsaid", "The sign-in provider has not verified your e-mail address."),
    ("stranger", "Nobody has given you a role here"),
    ("blocked", "An admin has blocked you."),
])  # fmt: skip
def test_who_may_not_come_in_is_told_why_and_gets_no_session(dashboard, name, why):
    browser, answer = arrive(dashboard.address, name)
    assert (answer.status_code, why in answer.text) == (403, True), answer.text
    assert "analytics_session" not in browser.cookies
    assert "eve@" not in answer.text


@pytest.mark.parametrize("name", ["for another", "unverified", "stranger", "blocked"])
def test_who_is_refused_is_noted(dashboard, name):
    before = len(dashboard.events())
    arrive(dashboard.address, name)
    assert [(each["what"], each["who"]) for each in dashboard.events()[before:]] == [("refused", "nobody")]


def test_the_e_mail_address_of_somebody_who_signed_in_before_opens_nothing_to_another_account(dashboard):
    arrive(dashboard.address, "ann")
    browser, answer = arrive(dashboard.address, "usurper")
    assert answer.status_code == 403
    assert "analytics_session" not in browser.cookies


def test_a_callback_that_brings_nobody_says_so_and_leads_nowhere(dashboard):
    for query in ("", "?state=made-up&code=made-up", "?error=access_denied"):
        answer = get(f"{dashboard.address}/oauth2callback{query}", headers=HTML, allow_redirects=False)
        assert answer.status_code == 403
        assert "Signing in did not work" in answer.text
        assert "script" not in answer.text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "%0d%0aX: y"])
def test_nobody_is_led_elsewhere_after_signing_in(dashboard, back):
    browser = requests.Session()
    browser.headers.update(HTML)
    asked = browser.get(dashboard.address)
    browser.cookies.set("analytics_back", requests.utils.quote(back, safe=""), domain="127.0.0.1", path="/")
    answer = browser.post(asked.url, data={"sub": "ann"}, allow_redirects=True)
    assert answer.url.startswith(dashboard.address)


def every_route():
    """The routes of this version of Streamlit, with something in place of each parameter."""

    class Anything:
        """Stands in for the runtime: routes are made, and none is asked."""

        def __getattr__(self, name):
            return Anything()

    for route in starlette_app.create_streamlit_routes(Anything()):
        path = route.path
        for name in getattr(route, "param_convertors", {}):
            path = path.replace(f"{{{name}:path}}", "x/y.txt").replace(f"{{{name}}}", "x")
        yield route, path


def test_without_a_session_no_route_answers_but_those_of_signing_in_and_health(dashboard):
    seen = set()
    for route, path in [*every_route(), *((None, path) for path in ("/", "/messages", "/map/x", "/media/x.csv"))]:
        if isinstance(route, WebSocketRoute):
            with pytest.raises(InvalidStatus):
                stream(dashboard)
            seen.add("socket")
            continue
        assert route is None or isinstance(route, Route | Mount), route
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            for headers in ({}, HTML):
                asked = ask(method, dashboard.address + (path or "/"), headers=headers, allow_redirects=False)
                if path in SIGN_IN_ROUTES:
                    continue
                leads = asked.headers.get("location", "").startswith("/auth/login?")
                assert asked.status_code == 401 or (asked.status_code == 302 and leads and method == "GET"), (
                    method, path, asked.status_code,
                )  # fmt: skip
                assert PHONE not in asked.text
        seen.add(path)
    assert {"socket", "/_stcore/upload_file/x/x", "/_stcore/health"} <= seen
    assert len(seen) > 10


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43, '"quoted"', "a=b"])
def test_a_made_up_cookie_opens_nothing(dashboard, cookie):
    headers = {**HTML, "Cookie": f"analytics_session={cookie}; __Host-analytics_session={cookie}"}
    assert get(dashboard.address, headers=headers, allow_redirects=False).status_code == 302
    with pytest.raises(InvalidStatus):
        stream(dashboard, cookie or "x")


def test_the_collector_asks_for_its_own_keys(dashboard):
    assert post(f"{dashboard.address}/v1/capture", json={"batch": []}).status_code == 401
    assert get(f"{dashboard.address}/v1/health").status_code == 200


def test_signing_out_ends_every_page_within_five_seconds_and_the_stolen_cookie_with_it(dashboard):
    browser, _ = arrive(dashboard.address, "ann")
    stolen = cookie_of(browser)
    with stream(dashboard, stolen) as one, stream(dashboard, stolen) as other:
        ask_for(one)
        assert get(dashboard.address, cookies={"analytics_session": stolen}, headers=HTML).status_code == 200
        out = browser.get(f"{dashboard.address}/auth/sign-out")
        assert out.url.endswith("/auth/signed-out")
        for socket in (one, other):
            where, seconds = sent_away(socket)
            assert where == "/auth/signed-out"
            assert seconds < 5
    asked = get(dashboard.address, cookies={"analytics_session": stolen}, headers=HTML, allow_redirects=False)
    assert asked.status_code == 302
    with pytest.raises(InvalidStatus):
        stream(dashboard, stolen)


def test_who_is_blocked_is_out_everywhere_within_five_seconds(dashboard):
    browser, _ = arrive(dashboard.address, "olga")
    with stream(dashboard, cookie_of(browser)) as page:
        ask_for(page)
        dashboard.run("people", "block", "olga@shop.example")
        where, seconds = sent_away(page)
    dashboard.run("people", "unblock", "olga@shop.example")
    assert (where, seconds < 5) == ("/auth/signed-out", True)
    assert browser.get(dashboard.address, allow_redirects=False).status_code == 302


def test_another_role_holds_within_five_seconds_on_pages_that_are_open(dashboard):
    browser, _ = arrive(dashboard.address, "olga")
    with stream(dashboard, cookie_of(browser)) as page:
        said, _ = ask_for(page, "import_events")
        assert "You may not" not in said
        dashboard.run("people", "grant", "olga@shop.example", "--role", "viewer")
        where, seconds = sent_away(page)
        assert (where, seconds < 5) == ("/", True)
    with stream(dashboard, cookie_of(browser)) as page:
        said, _ = ask_for(page, "import_events")
    dashboard.run("people", "grant", "olga@shop.example", "--role", "operator")
    assert "You may not import files" in said


PAGES = {
    "": "viewer", "messages": "viewer", "agents": "viewer", "customers": "viewer", "response_times": "viewer",
    "bot_and_handoffs": "viewer", "summary": "viewer", "waiting_now": "analyst", "conversations": "analyst",
    "data_health": "operator", "import_events": "operator", "test_integration": "operator", "connections": "operator",
    "settings": "admin", "people": "admin", "audit": "admin",
}  # fmt: skip
RANK = ("viewer", "analyst", "operator", "admin")


@pytest.mark.parametrize(
    ("name", "role"), [("vic", "viewer"), ("ben", "analyst"), ("olga", "operator"), ("ann", "admin")]
)
def test_over_a_bare_socket_each_role_gets_its_pages_and_no_other(dashboard, name, role):
    browser, _ = arrive(dashboard.address, name)
    wrong = []
    for page, least in PAGES.items():
        with stream(dashboard, cookie_of(browser)) as socket:
            said, _ = ask_for(socket, page)
        refused = "You may not" in said
        if refused == (RANK.index(role) >= RANK.index(least)):
            wrong.append((page, refused))
        if name != "ann" and PHONE in said:
            wrong.append((page, "phone"))
    assert wrong == []


def test_a_page_of_somebody_else_cannot_be_taken_over(dashboard):
    ann, _ = arrive(dashboard.address, "ann")
    vic, _ = arrive(dashboard.address, "vic")
    with stream(dashboard, cookie_of(ann)) as hers:
        _, messages = ask_for(hers)
        page = next(each.new_session.initialize.session_id for each in messages if each.HasField("new_session"))
    with stream(dashboard, cookie_of(vic), ("streamlit", "x", page)) as his:
        _, messages = ask_for(his)
        assert next(each.new_session.initialize.session_id for each in messages if each.HasField("new_session")) != page
    upload = f"{dashboard.address}/_stcore/upload_file/{page}/x"
    assert vic.put(upload, files={"file": b"x"}).status_code == 403


def test_every_sign_in_and_refusal_is_noted_once_without_phones_names_or_addresses(dashboard):
    before = len(dashboard.events())
    browser, _ = arrive(dashboard.address, "ann")
    browser.get(f"{dashboard.address}/auth/sign-out")
    arrive(dashboard.address, "stranger")
    noted = dashboard.events()[before:]
    assert [each["what"] for each in noted] == ["signed in", "signed out", "refused"]
    assert {each["from_where"] for each in noted} == {"127.0.0.1"}
    assert "@" not in str(dashboard.events())
    assert PHONE not in str(dashboard.events())
