"""The page *People*: who may sign in, and what each may do in the project that is looked at."""

import streamlit as st

from analytics.access.actions import Action
from analytics.access.rights import rights
from analytics.store.database import StoreError
from analytics.store.event_store import open_store
from analytics.store.people import ROLES, People, Person
from analytics.store.projects import Project
from analytics.ui.browser.session import Key
from analytics.ui.data.live import current_project
from analytics.ui.data.permissions import demand
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.elements import notices
from analytics.ui.elements.opening import setup_title
from analytics.ui.menu import PEOPLE
from analytics.words.escape import for_markdown

_DONE = "people_done"
_MEANINGS = {
    "viewer": "sees reports, phones and names masked",
    "analyst": "also conversations, who waits, and downloads",
    "operator": "also imports, connections and tests",
    "admin": "also settings, people and the audit log",
}


def draw_page() -> None:
    """Draw the page."""
    setup_title(PEOPLE)
    project = current_project()
    if project is None:
        st.markdown("There is no project yet: import a file or make a connection first.")
        return
    st.markdown(
        f"Who may sign in and see **{for_markdown(project.name)}**, by e-mail address. A change holds within five "
        "seconds, for pages that are open, too."
    )
    if not rights().signed_in:
        st.info(
            "Nobody signs in for now: whoever is on this machine may do everything. What stands here holds once "
            "sign-in is set up.",
            icon=":material/info:",
        )
    notices.draw(_DONE)
    with catch_store_errors():
        _draw_form(project)
        _draw_people(project, People(open_store().database).all())


def _draw_form(project: Project) -> None:
    with st.form("give_role", border=True, clear_on_submit=True):
        email, role = st.columns(2)
        email.text_input("E-mail", key=Key.PERSON_EMAIL, placeholder="ann@shop.example", autocomplete="off")
        role.selectbox("Role", ROLES, key=Key.PERSON_ROLE, format_func=lambda name: f"{name}: {_MEANINGS[name]}")
        st.checkbox(
            "Sees phones and names in full",
            key=Key.PERSON_IN_FULL,
            help="Otherwise they are masked on the screen and in files. Every use is in the audit log.",
        )
        st.form_submit_button("Give the role", type="primary", on_click=_grant, args=(project.name,))


def _draw_people(project: Project, known: list[Person]) -> None:
    here = [person for person in known if person.grant_in(project.id) or not person.grants]
    if not here:
        st.markdown("Nobody has a role here yet.")
    for person in here:
        grant = person.grant_in(project.id)
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"person_{person.id}"):
            role = (
                f"{grant.role}{', sees phones and names in full' if grant.sees_in_full else ''}" if grant else "no role"
            )
            state = "blocked" if person.blocked_at else "has signed in" if person.subject else "has not signed in yet"
            st.markdown(f"**{for_markdown(person.email)}** · {role}  \n:small[{person.id} · {state}]", width="stretch")
            if grant:
                _act("Take the role", "withdraw", person, project)
            _act(
                "Unblock" if person.blocked_at else "Block",
                "unblock" if person.blocked_at else "block",
                person,
                project,
            )
            _act("End sessions", "sign_out", person, project)


def _act(label: str, act: str, person: Person, project: Project) -> None:
    key = f"{act}_{person.id}"
    st.button(label, key=key, type="tertiary", on_click=_do, args=(act, person.email, project.id, label))


def _grant(project: str) -> None:
    email, role = st.session_state[Key.PERSON_EMAIL], st.session_state[Key.PERSON_ROLE]
    in_full = st.session_state[Key.PERSON_IN_FULL]
    with catch_store_errors(notices.say_store_error(_DONE)):
        demand(Action.GIVE_ROLES)
        person = People(open_store().database).grant(email, role, project, sees_in_full=in_full)
        notices.say(_DONE, "success", f"{for_markdown(person.email)} is {role} now.")


def _do(act: str, email: str, project: int, label: str) -> None:
    with catch_store_errors(notices.say_store_error(_DONE)):
        demand(Action.GIVE_ROLES)
        people = People(open_store().database)
        match act:
            case "withdraw":
                people.withdraw(email, project)
            case "block":
                people.block(email)
            case "unblock":
                people.unblock(email)
            case "sign_out":
                people.sign_out(email)
            case _:
                raise StoreError(f"{act} is nothing that can be done.")
        notices.say(_DONE, "success", f"{for_markdown(email)}: {label.lower()}, done.")
