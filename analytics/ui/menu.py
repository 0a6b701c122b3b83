"""The menu: every page declared once, by what it is called, where it stands, and under which address."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from analytics.access.actions import Action
from analytics.server.app_folder import app_folder

PAGES = app_folder() / "pages"


@dataclass(frozen=True)
class Page:
    """A page: its script among the pages, its title and icon, and what seeing it is.

    It has an address of its own where the script is called otherwise.
    """

    script: str
    title: str
    icon: str
    action: Action
    address: str = ""

    @property
    def path(self) -> Path:
        """The file of its script."""
        return PAGES / f"{self.script}.py"

    @property
    def url_path(self) -> str:
        """What stands behind the host in its address."""
        return self.address or self.script


OVERVIEW = Page("overview", "Overview", "dashboard", Action.SEE_REPORTS)
WAITING_NOW = Page("waiting_now", "Waiting now", "hourglass_top", Action.SEE_WAITING)
SUMMARY = Page("summary", "Summary to print", "print", Action.SEE_REPORTS)
RESPONSE_TIMES = Page("response_times", "Response times", "timer", Action.SEE_REPORTS)
MESSAGES = Page("messages", "Messages", "mark_chat_read", Action.SEE_REPORTS)
BOT_AND_HANDOFFS = Page("bot_and_handoffs", "Bot and handoffs", "smart_toy", Action.SEE_REPORTS)
AGENTS = Page("agents", "Agents", "support_agent", Action.SEE_REPORTS)
CUSTOMERS = Page("customers", "Customers", "groups", Action.SEE_REPORTS)
CONVERSATIONS = Page("conversations", "Conversations", "forum", Action.SEE_CONVERSATIONS)
IMPORT = Page("import_events", "Import", "upload_file", Action.IMPORT)
DATA_HEALTH = Page("data_health", "Data health", "health_and_safety", Action.SEE_SET_UP)
INTEGRATION = Page("integration", "Test the integration", "send", Action.TEST, address="test_integration")
CONNECTIONS = Page("connections", "Connections", "key", Action.CONNECT)
SETTINGS = Page("settings", "Settings", "settings", Action.CHANGE_SETTINGS)
PEOPLE = Page("people", "People", "group", Action.GIVE_ROLES)
AUDIT = Page("audit", "Audit log", "history", Action.READ_AUDIT)

MENU: dict[str, tuple[Page, ...]] = {
    "Today": (OVERVIEW, WAITING_NOW, SUMMARY),
    "Reports": (RESPONSE_TIMES, MESSAGES, BOT_AND_HANDOFFS, AGENTS, CUSTOMERS),
    "Cases": (CONVERSATIONS,),
    "Set-up": (IMPORT, DATA_HEALTH, INTEGRATION, CONNECTIONS, SETTINGS, PEOPLE, AUDIT),
}
"""The pages by the headings of the menu. The app opens with the first."""

MOVED = (Page("connection_keys", CONNECTIONS.title, CONNECTIONS.icon, CONNECTIONS.action),)
"""Old addresses, each with a script that leads on. No menu names them."""

Menu = dict[str, list[StreamlitPage]]


def sets_up(url_path: str) -> bool:
    """Return whether the page of an address sets something up, which may take long; the others show numbers."""
    return page_at(url_path) in MENU["Set-up"]


def page_at(url_path: str) -> Page:
    """Return the page of an address, the one that the app opens with where there is none (any more)."""
    return next((page for pages in MENU.values() for page in pages if page.url_path == url_path), OVERVIEW)


def make_menu() -> Menu:
    """Return the pages as Streamlit knows them, by the headings of the menu."""
    return {heading: [_streamlit_page(page) for page in pages] for heading, pages in MENU.items()}


def with_old_addresses(menu: Menu) -> Menu:
    """Return all pages that an address may name: those of the menu, and the old ones."""
    return {**menu, "": [_streamlit_page(page) for page in MOVED]}


def go_on_to(page: Page) -> None:
    """Leave an old address for the page that took its place; what else stood in the address stays."""
    st.switch_page(page.path, query_params={key: st.query_params.get_all(key) for key in st.query_params})


def _streamlit_page(page: Page) -> StreamlitPage:
    icon, is_first = f":material/{page.icon}:", page is OVERVIEW
    return st.Page(page.path, title=page.title, icon=icon, url_path=page.url_path, default=is_first)


def draw(menu: Menu, address: dict[str, list[str]], may: Callable[[Action], bool]) -> None:
    """Draw those pages of the menu that whoever looks may see.

    Its links keep the address; Streamlit's own menu would lose the data and the filters.
    """
    for heading, pages in menu.items():
        linked = [page for page in pages if may(page_at(page.url_path).action)]
        if not linked:
            continue
        with st.container(gap="xxsmall"):
            st.caption(heading)
            for page in linked:
                st.page_link(page, query_params=address)
