"""What somebody sees of being signed in: as whom, the way out, and that a page is not for them."""

import streamlit as st

from analytics.access.rights import RefusedError, rights, sign_out
from analytics.ui.data.permissions import demand
from analytics.ui.data.store_errors import catch_store_errors
from analytics.ui.menu import Page
from analytics.words.escape import for_markdown


def draw() -> None:
    """Draw as whom somebody is signed in, and the way out; nothing where nobody signs in."""
    person = rights().person
    if person is None:
        return
    with st.container(gap="xxsmall"):
        st.caption(f"Signed in as {for_markdown(person.email)}")
        st.button("Sign out", key="sign_out", icon=":material/logout:", type="tertiary", on_click=_sign_out)


def let_see(page: Page) -> bool:
    """Return whether whoever looks may see a page; if they may not, that is said in its place."""
    try:
        demand(page.action)
    except RefusedError as error:
        st.title(page.title)
        st.info(for_markdown(str(error)), icon=":material/lock:")
        return False
    return True


def _sign_out() -> None:
    with catch_store_errors():
        sign_out()
