"""What whoever looks at a page may do: asked by what reveals something, and by the store before it changes anything."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.access.actions import CHANGES, Action
from analytics.access.cookies import COOKIES
from analytics.access.standing import Standing, Visitor
from analytics.store.audit import WHO_ACTS, Actor, What
from analytics.store.database import StoreError
from analytics.store.people import ROLES, Grant, Person

LOCAL = "local"
"""Whoever is on this machine where nobody signs in."""
ANYONE = "anyone"
"""Whoever looks where everybody may."""


class RefusedError(StoreError):
    """Somebody may not do what they asked for."""

    def __init__(self, action: Action) -> None:
        super().__init__(f"You may not {action.words}: it takes the role {action.role}. Ask an admin for it.")


@dataclass(frozen=True)
class Rights:
    """What somebody may do: a `person`, else anybody, of whom all have one `role` everywhere, None for none."""

    role: str | None
    person: Person | None = None

    @property
    def signed_in(self) -> bool:
        """Whether it is a person's own rights, or those of nobody any more, rather than everybody's."""
        return self.person is not None or self.role is None

    def role_in(self, project: int | None) -> str | None:
        """Return the role in a project; None for none. Of no project it is the least of all that the person has."""
        if self.person is None:
            return self.role
        grant = self._grant(project)
        return grant.role if grant else None

    def may(self, action: Action, project: int | None) -> bool:
        """Return whether the action may be done in a project."""
        return action.is_for(self.role_in(project))

    def sees_in_full(self, project: int | None) -> bool:
        """Return whether phones and names are shown in full in a project to a person who signed in."""
        grant = self._grant(project)
        return grant is not None and grant.sees_in_full

    def may_see(self, project: int) -> bool:
        """Return whether a project is there at all for them."""
        return self.may(Action.SEE_REPORTS, project)

    def _grant(self, project: int | None) -> Grant | None:
        if self.person is None:
            return None
        if project is not None:
            return self.person.grant_in(project)
        return min(self.person.grants, key=lambda grant: ROLES.index(grant.role), default=None)


class _Doors:
    """How this process knows who looks."""

    def __init__(self) -> None:
        self.standing: Standing | None = None
        self.everybody = Rights(ROLES[-1])


_doors = _Doors()


def open_to_whoever_is_here() -> None:
    """Take whoever looks for the one person on this machine, who may do everything."""
    _doors.standing, _doors.everybody = None, Rights(ROLES[-1])


def open_to_look() -> None:
    """Have whoever comes be a viewer."""
    _doors.standing, _doors.everybody = None, Rights(ROLES[0])


def open_to_people(standing: Standing) -> None:
    """Have only those in who signed in, each with their own roles."""
    _doors.standing = standing


def rights() -> Rights:
    """Return what whoever looks at this page may do.

    Raises:
        StoreError: where the store has to be asked, and does not answer.
    """
    if _doors.standing is None:
        return _doors.everybody
    visitor = visitor_of_this_run(_doors.standing)
    return Rights(None, visitor.person) if visitor else Rights(None)


def hold_rights() -> Callable[[], Rights]:
    """Return what says, at any later time and in any thread, what whoever looks at this page may do then.

    Raises:
        StoreError: as `rights`; so may what is returned.
    """
    standing = _doors.standing
    if standing is None:
        everybody = _doors.everybody
        return lambda: everybody
    visitor = visitor_of_this_run(standing)
    digest = visitor.digest if visitor else ""

    def look() -> Rights:
        now = standing.find_digest(digest)
        return Rights(None, now.person) if now else Rights(None)

    return look


def sign_out() -> None:
    """End the session of whoever looks at this page; it goes elsewhere within seconds.

    Raises:
        StoreError: where the store does not answer.
    """
    standing = _doors.standing
    visitor = visitor_of_this_run(standing) if standing else None
    if standing and visitor:
        standing.sessions().end(visitor.digest, address_of_this_run())
        standing.forget(visitor.digest)


def address_of_this_run() -> str:
    """Return from where somebody looks at this page."""
    return st.context.ip_address or "127.0.0.1"


def visitor_of_this_run(standing: Standing) -> Visitor | None:
    """Return who opened the page that is being drawn."""
    cookies = st.context.cookies
    return standing.find(next((cookies[name] for name in COOKIES if name in cookies), None))


def find_actor() -> Actor | None:
    """Return who acts in this thread, for the audit log; None where no page is being drawn.

    What they may not do, the log refuses to note, whereupon it is not done.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    found, address = rights(), address_of_this_run()
    who = found.person.id if found.person else (ANYONE if found.role == ROLES[0] else LOCAL)
    return Actor(who, address, _refusing(found))


def _refusing(found: Rights) -> Callable[[What, int | None], None]:
    def refuse(what: What, project: int | None) -> None:
        action = CHANGES[what]
        if action and not found.may(action, project):
            raise RefusedError(action)

    return refuse


def know_actors() -> None:
    """Have the audit log ask here who acts."""
    WHO_ACTS.append(find_actor)
