"""Where the session of a browser keeps what: every key under which the screen reads or writes something itself.

Choices (`analytics.metrics.filters`) have their own keys. Keys of widgets that nobody else reads stand with these, and
so do those that are made of a name, behind a word declared here.
"""

from enum import StrEnum, unique


@unique
class Key(StrEnum):
    """A key of the session; what stands in addresses has the same key there."""

    DATA = "data"
    PROJECT = "project"
    PERIOD = "period"
    DAYS = "days"
    TEST = "test"
    COMPARE = "compare"
    INTERVAL = "by"
    ZONE = "tz"

    PAGE_HEARD_OF = "page_heard_of"
    PARAMETERS_DRAWN = "parameters_drawn"
    ADDRESS_DRAWN = "address_drawn"
    DRAWN_IS_OUTDATED = "drawn_is_outdated"
    PARAMETERS_MEANT = "parameters_meant"
    LINKS = "links"
    CLICKS = "clicks"
    DIALOG_IS_OPEN = "dialog_is_open"
    FOLLOWER = "follower"
    PAGE_BEGAN = "page_began"
    PAGE_RESTS_UNTIL = "page_rests_until"

    NOTED_LATELY = "noted_lately"
    PREFERENCES = "preferences"
    VIEW = "view"
    DAYS_BEFORE = "days_before"
    PERIOD_BEFORE = "period_before"
    SHOWN_INTERVAL = "shown_interval"
    NOTICE = "notice"
    CLICKED_CASES = "clicked_cases"
    METRIC_ASKED_FOR = "metric_asked_for"
    SEARCH = "search"

    VIEW_NAME = "view_name"
    VIEW_NOTICE = "view_notice"
    VIEW_DELETED = "view_deleted"
    FIRST_VIEW_OPENED = "first_view_opened"

    KEY_NAME = "key_name"
    KEY_PROJECT = "key_project"
    KEY_MADE = "key_made"
    CONNECTION_KIND = "connection_kind"
    CONNECTION_SECRET = "connection_secret"  # noqa: S105

    PERSON_EMAIL = "person_email"
    PERSON_ROLE = "person_role"
    PERSON_IN_FULL = "person_in_full"
    AUDIT_WHAT = "audit_what"
    AUDIT_WHO = "audit_who"
    AUDIT_SINCE = "audit_since"

    AGAIN_ZONE = "again_zone"
    AGAIN_COUNTRY = "again_country"

    IMPORT_FILES = "import_files"
    IMPORT_LOOKED_INTO = "import_looked_into"
    IMPORT_LOADED = "import_loaded"
    IMPORT_STOPPED = "import_stopped"
    IMPORT_ZONE = "import_zone"
    IMPORT_COUNTRY = "import_country"
    IMPORT_DAY_FIRST = "import_day_first"
    IMPORT_ENCODING = "import_encoding"
    IMPORT_ADDED = "import_added"
    IMPORT_FORESEEN = "import_foreseen"
    IMPORTS_UNDONE = "imports_undone"

    OPENING_HOURS = "opening_hours"

    TEST_KEY = "test_key"
    TEST_FULL_CHECK = "test_full_check"
    TEST_ONE_EVENT = "test_one_event"
    TEST_SCENARIOS = "test_scenarios"
    TEST_BURST = "test_burst"
    TEST_JSON = "test_json"
    TEST_JSON_TEXT = "test_json_text"
    TEST_WEBHOOKS = "test_webhooks"
    TEST_PAYLOAD = "test_payload"
    TEST_LISTENING_SINCE = "test_listening_since"
