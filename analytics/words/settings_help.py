"""What *Settings* says: what each setting means, and where it has an effect."""

NOTHING_STORED = "Nothing is stored yet. The first setting that you save creates the project"
SHOWN_TARGET = "the headline and the cards of Overview, on Response times and on Agents"
SHOWN_CONVERSATIONS = "everything that is counted by bot, agent or conversation"
SHOWN_ZONE = "the days, weekdays and hours of every page"
SHOWN_CASES = "Conversations and Waiting now"
SHOWN_HOURS = "Response times, where *Business hours only* counts only the open time of waits"
SHOWN_AGENTS = "filters, tables, headlines and downloads. Links keep the IDs"
ALL_HOURS_COUNT = "Saved. All hours count from now on, so Response times has no switch for *Business hours only*."
SILENCE = "A later event begins a new conversation. WhatsApp’s own window is 24 hours."
NEVER_ANSWERED = "While a customer is waiting for an answer, only a silence this long ends the conversation."
ROUTING = (
    "This is for systems that assign every new chat to somebody. An assignment then names the agent, but it does not "
    "pass the chat to people and begins no wait."
)
START_MODE = (
    "If people answer first, each first message waits for a person. “As found” takes this from the events. After 1,000 "
    "sent messages we keep what we found. Save this setting again to check once more."
)
ZONE = "This is for links that name no other time zone. Use the filter *Time zone* to see another one for a moment."
CLOSING_TIME = "If this is not after *From*, it is on the next day."
BOT = "Messages of a bot end no wait for a person. Other events never count for its ID."
ROSTER = "Use CSV with any separator, or Excel. You see the result before anything is saved."
NO_AGENTS = "No event names an agent yet. Take the agents from a file, or come back when there are events."
VIEW_IS_SHARED = (
    "A saved view is this page with its filters. A period such as “Last 7 days” moves along with time. You can send "
    "this link:"
)


def for_everyone(project: str) -> str:
    """Return for whom settings count; `project` is escaped."""
    return f"These settings are for everyone who looks at the project **{project}**, also for files that are explored."


def chat_link(placeholder: str) -> str:
    """Return how a link into the CRM is written."""
    return f"`{placeholder}` stands for the ID of the chat. Leave this empty for no link."


def masked_phones(example: str) -> str:
    """Return how phone numbers look without this setting."""
    return f"Without this, phone numbers look like {example}, also in downloads."


def not_open_or_closed(day: str) -> str:
    """Return that the hours of a day are not known."""
    return f"Enter from when to when {day} is open, or mark the day as closed."
