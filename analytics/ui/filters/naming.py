"""What the values of filters are called on the screen, where agents have the names that the project gave them."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any

from analytics.metrics.filters import Choice
from analytics.ui.data.preferences import agent_name
from analytics.words.countries import country_name
from analytics.words.times import hours_in_words, weekdays_in_words


def how_to_show(choice: Choice) -> Callable[[str], str]:
    """Return what makes a name for people of a code."""
    names: dict[str, Callable[[str], str]] = {"": choice.name, "country": country_name, "agent": agent_name}
    return names[choice.naming]


def how_to_say(choice: Choice) -> Callable[[str], str]:
    """Return what makes of a code what stands in a sentence or on a chip: of a few fixed ones the code, in short."""
    return str if choice.codes else how_to_show(choice)


def say_values(choice: Choice, values: Iterable[Any]) -> str:
    """Return the values that `Filter` holds of a choice in words, all of them; nothing of none."""
    values = tuple(values)
    if not values:
        return ""
    if choice.said:
        return {"weekdays": weekdays_in_words, "hours": hours_in_words}[choice.said](values)
    in_order = sorted(values, key=choice.codes.index) if choice.codes else values
    return ", ".join(map(how_to_show(choice), in_order))


def distinguish_options(options: Collection[str], shown: Callable[[str], str]) -> Callable[[str], str]:
    """Return a function for the labels of options. Equal labels get their value added, to be unique."""
    alike = Counter(map(shown, options))
    return lambda option: f"{shown(option)} ({option})" if alike[shown(option)] > 1 else shown(option)
