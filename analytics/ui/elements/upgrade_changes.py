"""What an upgrade made of the events that were stored before it, as a section of a page."""

import streamlit as st

from analytics.store.event_store import open_store
from analytics.store.judged_again import JudgedAgain, find_judged_again
from analytics.store.projects import Project
from analytics.words import display


def draw_section(project: Project | None) -> None:
    """Draw what the latest upgrade changed in a project; nothing if it changed nothing, or there is none."""
    if project and (found := find_judged_again(open_store().settings, project.id)):
        st.subheader("What the latest upgrade changed")
        st.caption(f"The rules of the new version changed this on {found.at:%-d %b %Y}.")
        for sentence in say_judged_again(found):
            st.markdown(sentence)


def say_judged_again(found: JudgedAgain) -> list[str]:
    """Return a sentence for the events whose name is known now, and one for those that could not be used; if any."""
    known, rejected = found.known_now, found.rejected
    said = []
    if number := known.stored + known.duplicates + known.rejected:
        have = "has a name that is" if number == 1 else "have names that are"
        said.append(
            f"{display.with_noun(number, 'stored event')} {have} part of the reports now: "
            f"{display.count(known.stored)} count, {display.with_noun(known.duplicates, 'duplicate')}, "
            f"{display.count(known.rejected)} cannot be used."
        )
    if rejected.stored or rejected.duplicates:
        number = rejected.stored + rejected.duplicates + rejected.rejected
        said.append(
            f"{display.with_noun(number, 'event')} could not be used before: "
            f"{display.count(rejected.stored)} are stored now, "
            f"{display.count(rejected.duplicates)} were already known, "
            f"{display.count(rejected.rejected)} still cannot be used."
        )
    return said
