"""The chronicle: what happened in each chat, in order, and what every event counts for."""

from dataclasses import dataclass

import pandas as pd

from analytics.facts.attribution import Attribution, attribute
from analytics.facts.rules import Rules
from analytics.facts.silence import Conversing, split_conversations
from analytics.facts.stated import Stated
from analytics.facts.timeline import Ints, Timeline, build_timeline


@dataclass(frozen=True)
class Chronicle:
    """A timeline with all that completes it."""

    timeline: Timeline
    stated: Stated
    conversing: Conversing
    attribution: Attribution


def build_chronicle(events: pd.DataFrame, rules: Rules, customer: Ints) -> Chronicle:
    """Return the chronicle of an event frame; the rules must say who answers first.

    `customer` is for each of the frame's users the code of the customer that they are.
    """
    timeline = build_timeline(events, customer)
    stated = Stated.read(events, timeline, rules.bots)
    conversing = split_conversations(timeline, stated, rules)
    return Chronicle(timeline, stated, conversing, attribute(events, timeline, stated, conversing, rules))
