"""The address: the view as parameters of the URL, so that it can be reloaded, sent, or reached with Back.

A parameter lives in the session under its key, where the widget with the same key finds it. Streamlit's own binding of
widgets to the URL is not enough: it writes labels instead of codes, and on the way to another page it loses every
parameter without a widget there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from analytics.events.timestamps import EARLIEST
from analytics.ui.browser.session import Key

LATEST = date(2099, 12, 31)

_MOST_LINKS = 200


@dataclass(frozen=True)
class Parameter:
    """A part of the address: its `key`, and how its text is read into what the session holds, and written.

    `read` is given no text where the address is silent; it raises ValueError for what it does not understand. `label`
    is what people call it.
    """

    key: str
    read: Callable[[Sequence[str]], Any]
    write: Callable[[Any], list[str]]
    label: str = ""


def take(parameters: Iterable[Parameter]) -> list[str]:
    """Read the parameters from the address into the session, and return the keys of those that make no sense.

    The address decides after Back and Forward, in a new session, and for a link of `remember_link`. Otherwise the
    choices in the session stay. They are set again if the browser may not know them yet, as its widgets would show the
    first option. What such a browser sent is not a choice: the values of `intend` replace it, or else those drawn last.
    """
    unheard = st.session_state.get(Key.PAGE_HEARD_OF) != page_of_this_run()
    follows = _went_back_or_forward() or (
        _came_by_link() and (unheard or _spell_current() != st.session_state.get(Key.ADDRESS_DRAWN))
    )
    drawn = st.session_state.get(Key.PARAMETERS_DRAWN, {}) if st.session_state.get(Key.DRAWN_IS_OUTDATED) else {}
    drawn = {**drawn, **(st.session_state.get(Key.PARAMETERS_MEANT, {}) if unheard else {})}
    misread = []
    for parameter in parameters:
        if follows or parameter.key not in st.session_state:
            try:
                value = parameter.read(st.query_params.get_all(parameter.key))
            except ValueError:
                value = parameter.read(())
                misread.append(parameter.key)
            st.session_state[parameter.key] = value
        elif unheard or drawn:
            st.session_state[parameter.key] = drawn.get(parameter.key, st.session_state[parameter.key])
    return misread


@contextmanager
def telling_the_browser(parameters: Iterable[Parameter]) -> Iterator[None]:
    """Note, after the page was drawn in this context, that the browser knows the page and its parameters.

    It is not noted if another run replaces this one, for example on the way to another page: then the browser does not
    get everything.
    """
    try:
        yield
    except StopException:
        _note(parameters)
        raise
    _note(parameters)


def intend(parameters: Iterable[Parameter]) -> None:
    """Note, in a callback, the parameters for the next page, whatever the browser sends in the meantime."""
    st.session_state[Key.PARAMETERS_MEANT] = _read_session(parameters)


def remember_link(link: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the address for a link that chooses something. The page follows it, and Back undoes it in one step."""
    known = st.session_state.setdefault(Key.LINKS, {})
    known.pop(_spell(link), None)
    known[_spell(link)] = True
    for oldest in list(known)[:-_MOST_LINKS]:
        del known[oldest]
    return dict(link)


def disregard() -> None:
    """Make the next run draw what was drawn last: the browser asked for this run before it knew of that."""
    st.session_state[Key.DRAWN_IS_OUTDATED] = True


def give(parameters: Iterable[Parameter]) -> dict[str, list[str]]:
    """Return the address of the values in the session; defaults give empty lists."""
    return {
        parameter.key: parameter.write(st.session_state[parameter.key])
        for parameter in parameters
        if parameter.key in st.session_state
    }


def show(address: Mapping[str, list[str]]) -> None:
    """Show an address, in one step of the browser's history and only where it differs."""
    if any(st.query_params.get_all(key) != texts for key, texts in address.items()):
        st.query_params.update(address)


def one_of(key: str, names: Mapping[Any, str], label: str = "") -> Parameter:
    """Return the parameter of one of several codes, given with what people call them; the first is not written."""
    first = next(iter(names))
    return Parameter(
        key,
        lambda texts: read_code(texts[-1], names) if texts else first,
        lambda code: [] if code == first else [code],
        label,
    )


def read_code(text: str, names: Mapping[Any, str]) -> str:
    """Return the code that a text says, which may be its name: addresses spoke of these before.

    Raises:
        ValueError: where it says none.
    """
    if text in names:
        return text
    codes = {name: str(code) for code, name in names.items() if name}
    if text not in codes:
        raise ValueError(text)
    return codes[text]


def some_of(key: str, read: Callable[[str], str] = str, label: str = "") -> Parameter:
    """Return the parameter of any number of values, each of which `read` makes of a text."""
    return Parameter(key, lambda texts: list(dict.fromkeys(read(text) for text in texts if text)), list, label)


def days(key: str, label: str = "") -> Parameter:
    """Return the parameter of a first and last day (ISO 8601), in either order; empty by default."""

    def read(texts: Sequence[str]) -> tuple[date, ...]:
        found = sorted(date.fromisoformat(text) for text in texts)
        if len(found) > 2 or any(not EARLIEST.date() <= day <= LATEST for day in found):
            raise ValueError(texts)
        return (found[0], found[-1]) if found else ()

    return Parameter(key, read, lambda value: [day.isoformat() for day in value], label)


def switch(key: str, label: str = "") -> Parameter:
    """Return the parameter of what is on or off; off is not written."""
    return Parameter(key, lambda texts: list(texts) == ["true"], lambda value: ["true"] if value else [], label)


def toggle(label: str, key: str) -> bool:
    """Draw a switch for a single page, which the address shows while it is on; return whether it is on."""
    parameter = switch(key)
    take([parameter])
    on = st.toggle(label, key=key)
    show(give([parameter]))
    return on


def page_of_this_run() -> str:
    """Return the id of the page that is being drawn."""
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""


def _note(parameters: Iterable[Parameter]) -> None:
    state = st.session_state
    state[Key.PAGE_HEARD_OF], state[Key.ADDRESS_DRAWN], state[Key.DRAWN_IS_OUTDATED] = (
        page_of_this_run(),
        _spell_current(),
        False,
    )
    state[Key.PARAMETERS_DRAWN] = _read_session(parameters)
    state.pop(Key.PARAMETERS_MEANT, None)


def _read_session(parameters: Iterable[Parameter]) -> dict[str, Any]:
    state = st.session_state
    return {parameter.key: state[parameter.key] for parameter in parameters if parameter.key in state}


def _came_by_link() -> bool:
    return _spell_current() in st.session_state.get(Key.LINKS, {})


def _spell_current() -> str:
    return _spell({key: st.query_params.get_all(key) for key in st.query_params})


def _spell(address: Mapping[str, Sequence[str]]) -> str:
    return urlencode({key: address[key] for key in sorted(address) if address[key]}, doseq=True)


def _went_back_or_forward() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
