"""The cookies of the dashboard: ours, which proves a session, and how all of them are set.

Streamlit's own cookie of a person lives for a month and says who it is: it is read once, where the provider sends
somebody back, and never reaches a browser. Its form has no public interface: this module is the one that knows it, and
the tests of signing in fail where it changes.
"""

import json
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

PLAIN, SECURE = "analytics_session", "__Host-analytics_session"
COOKIES = (SECURE, PLAIN)
"""The names of ours: over TLS, and on this machine alone."""
BACK = "analytics_back"
"""Where somebody wanted to go who had to sign in first."""
_READ_BY_SCRIPTS = "_streamlit_xsrf"

Header = tuple[bytes, bytes]


def read_cookies(headers: Headers) -> dict[str, str]:
    """Return the cookies of a request by name; what cannot be read is none."""
    found: dict[str, str] = {}
    for header in headers.getlist("cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            found.setdefault(name, value.strip('"'))
    return found


def make_cookie(name: str, value: str, *, secure: bool, seconds: int) -> Header:
    """Return the header that sets a cookie for so many seconds, or removes it where there are none."""
    parts = [f"{name}={value}", "Path=/", f"Max-Age={seconds}", "HttpOnly", "SameSite=Lax", *(["Secure"] * secure)]
    return b"set-cookie", "; ".join(parts).encode("latin-1")


def secure_cookies(headers: Iterable[Header], *, secure: bool) -> list[Header]:
    """Return the headers of an answer with its cookies set as safely as they can be, but those that say who it is."""
    return [
        (name, _harden(value, secure=secure) if name.lower() == b"set-cookie" else value)
        for name, value in headers
        if not (name.lower() == b"set-cookie" and _names_person(value))
    ]


def _harden(cookie: bytes, *, secure: bool) -> bytes:
    given = {part.strip().split(b"=")[0].lower() for part in cookie.split(b";")[1:]}
    if secure and b"secure" not in given:
        cookie += b"; Secure"
    if b"httponly" not in given and not cookie.startswith(_READ_BY_SCRIPTS.encode()):
        cookie += b"; HttpOnly"
    if b"samesite" not in given:
        cookie += b"; SameSite=Lax"
    return cookie


def _names_person(cookie: bytes) -> bool:
    return cookie.startswith((USER_COOKIE_NAME.encode(), TOKENS_COOKIE_NAME.encode()))


def read_claims(headers: Iterable[Header]) -> dict[str, Any] | None:
    """Return what the provider says of who signed in, by the cookies that Streamlit would set; None if nobody did."""
    cookies: SimpleCookie = SimpleCookie()
    for name, value in headers:
        if name.lower() == b"set-cookie" and _names_person(value):
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                return None

    def read_signed(name: str) -> bytes | None:
        if name not in cookies or not cookies[name].value:
            return None
        return decode_signed_value(get_cookie_secret(), name, cookies[name].value.encode("latin-1"))

    found = get_cookie_with_chunks(read_signed, USER_COOKIE_NAME)
    try:
        claims = json.loads(found) if found else None
    except ValueError:
        return None
    return claims if isinstance(claims, dict) and claims.get("is_logged_in") else None
