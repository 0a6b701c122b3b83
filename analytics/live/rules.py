"""What a project's preferences mean for its facts and numbers."""

from datetime import timedelta

from analytics.facts.facts import Facts
from analytics.facts.rules import FOUND
from analytics.facts.rules import Rules as Rules  # noqa: PLC0414  # those who choose rules name them
from analytics.store.preferences import Preferences, preferences_of
from analytics.store.project_settings import ProjectSettings

KEPT_FROM_MESSAGES = 1_000
"""With so many messages sent, who answers first is clear, and kept."""


def rules_of(preferences: Preferences, *, include_test: bool = False, stored: bool = True) -> Rules:
    """Return the rules under which facts are made for a project of these preferences.

    Of events that are not `stored`, who answers first is found anew, where the team did not choose it.
    """
    kept = preferences.found_start_mode if stored and preferences.start_mode == FOUND else None
    return Rules(
        start_mode=kept or preferences.start_mode,
        silence=timedelta(hours=preferences.silence_hours),
        never_answered=timedelta(hours=preferences.never_answered_hours),
        reply_window=timedelta(hours=preferences.reply_hours),
        stay=timedelta(days=preferences.stay_days),
        assignments_route=preferences.assignments_route,
        bots=preferences.bots,
        include_test=include_test,
    )


def keep_start_mode(settings: ProjectSettings, project: int, facts: Facts) -> None:
    """Keep as the project's setting who answers first, if its events were enough to find it.

    What the team chose stays, and so does what was found before.

    Raises:
        StoreError: where the store does not answer.
    """
    if facts.rules.start_mode != FOUND or facts.rules.include_test or facts.evidence.sent < KEPT_FROM_MESSAGES:
        return
    known = preferences_of(settings, project)
    if known.start_mode == FOUND and known.found_start_mode is None:
        settings.change(project, {"found_start_mode": facts.start_mode})
