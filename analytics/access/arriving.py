"""Who comes back from the provider: what it says of them is looked at, and a session begins or a reason is given."""

import logging
import time
from typing import Any

from streamlit.web.server.starlette.starlette_auth_routes import create_auth_routes

from analytics.access.entrance import SignIn
from analytics.access.standing import Standing
from analytics.store.audit import Actor, What, acting, note_alone
from analytics.store.people import People


class _InOneLine(logging.Filter):
    """Leaves the traceback out of what Streamlit logs of a sign-in that failed: it may hold what a stranger sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


def log_failures_in_one_line() -> None:
    """Have Streamlit log a sign-in that failed in one line, as all else is."""
    logging.getLogger(create_auth_routes.__module__).addFilter(_InOneLine())


class NotLetInError(Exception):
    """Somebody is not let in; the message says why."""


def let_in(claims: dict[str, Any], sign_in: SignIn, standing: Standing, address: str) -> str:
    """Return the secret of a new session for whom the provider vouches.

    Raises:
        NotLetInError: where the token is not for us or too old, the e-mail address is not verified, or nobody gave the
            person a role, or they are blocked.
        StoreError: where the store does not answer.
    """
    sessions = standing.sessions()
    try:
        person = _identify(claims, sign_in, standing)
    except NotLetInError as error:
        with acting(Actor("nobody", address)):
            note_alone(standing.database(), What.REFUSED, why=str(error))
        raise
    return sessions.begin(person, address)


def _identify(claims: dict[str, Any], sign_in: SignIn, standing: Standing) -> str:
    """Return the id of the person. What is said of the claims is checked here, whatever was checked before."""
    audience = claims.get("aud")
    issuer, subject, email, expires = (claims.get(name) for name in ("iss", "sub", "email", "exp"))
    if sign_in.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise NotLetInError("The sign-in was for another program.")
    if not isinstance(expires, int | float) or isinstance(expires, bool) or expires <= time.time():
        raise NotLetInError("The sign-in is too old.")
    if not isinstance(issuer, str) or not isinstance(subject, str) or not issuer or not subject:
        raise NotLetInError("The sign-in provider does not say who you are.")
    if not isinstance(email, str) or claims.get("email_verified") not in (True, "true"):
        raise NotLetInError("The sign-in provider has not verified your e-mail address.")
    person = People(standing.database()).identify(issuer, subject, email)
    if person is None or (not person.grants and not person.blocked_at):
        raise NotLetInError("Nobody has given you a role here: ask an admin of this dashboard for one.")
    if person.blocked_at:
        raise NotLetInError("An admin has blocked you.")
    return person.id
