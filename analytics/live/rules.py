"""What a project's preferences mean for its facts and numbers."""

from analytics.facts.facts import Rules
from analytics.store.preferences import Preferences


def rules_of(preferences: Preferences, *, include_test: bool = False) -> Rules:
    """Return the rules under which facts are made for a project of these preferences."""
    return Rules(start_mode=preferences.start_mode, silence=preferences.silence, include_test=include_test)
