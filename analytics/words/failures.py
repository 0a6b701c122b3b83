"""Why messages failed: by WhatsApp's code what happened, whose fault it is, what to do, and whether to try again.

Branch on the code, never on the title: Meta says that titles will go away. What the codes mean was looked up in Meta's
reference (developers.facebook.com, *WhatsApp error codes*, as of June 2026), and in what providers write of them:
YCloud (docs.ycloud.com, *WhatsApp error code*), 360dialog (docs.360dialog.com, *Error Code Reference*), Dualhook
(dualhook.com, *WhatsApp error 131050*), and for 131062 the release notes of 8x8 (developer.8x8.com, *Business-Scoped
User IDs*).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.metrics.tally import UNKNOWN_ERROR
from analytics.words import display

OURS, CUSTOMER, NUMBER, WHATSAPP, UNKNOWN_FAULT = (
    "Your side",
    "The customer’s choice",
    "The number",
    "WhatsApp",
    "Not known",
)
"""Whose fault a failure is."""

CAPPED = "131049"
"""WhatsApp's cap on marketing messages for each person: the number is fine."""


@dataclass(frozen=True)
class Failure:
    """Why a message failed: its name, what happened, whose fault that is, what to do, and whether to try again."""

    name: str
    happened: str
    fault: str
    remedy: str
    again: str


_NO = "No"
_LATER = "Yes, later"
_MENDED = "Once it is fixed"

FAILURES: Mapping[str, Failure] = {
    "368": Failure(
        "Account blocked",
        "WhatsApp has blocked the business account for some time because of its rules.",
        OURS,
        "Find the rule under Account quality in WhatsApp Manager, and ask for a review.",
        _MENDED,
    ),
    "130429": Failure(
        "Too many at once",
        "More messages were sent at once than WhatsApp allows.",
        OURS,
        "Spread messages over more time, and let your system wait and try again.",
        _LATER,
    ),
    "130472": Failure(
        "Experiment of WhatsApp",
        "WhatsApp holds marketing messages back from this person as part of an experiment.",
        WHATSAPP,
        "Do not send it again. Reach them another way, or wait until they write.",
        _NO,
    ),
    "131000": Failure(
        "Something went wrong at WhatsApp",
        "Something went wrong at WhatsApp.",
        WHATSAPP,
        "Try again. If it happens again, check WhatsApp’s status page and ask its support.",
        _LATER,
    ),
    "131026": Failure(
        "Number cannot be reached",
        "The message cannot reach this number: it is not on WhatsApp, its app is too old, or its owner has not agreed "
        "to WhatsApp’s newest terms.",
        NUMBER,
        "Check the number. Ask the customer another way to write to you on WhatsApp.",
        _NO,
    ),
    "131042": Failure(
        "Payment problem",
        "WhatsApp could not charge for the message.",
        OURS,
        "Check the payment method and the credit line of the business account.",
        _MENDED,
    ),
    "131047": Failure(
        "More than 24 hours since they wrote",
        "More than 24 hours had passed since the customer wrote.",
        OURS,
        "Send an approved template instead, or answer within 24 hours.",
        "Yes, as a template",
    ),
    "131048": Failure(
        "Number limited as spam",
        "WhatsApp limits this business number because people blocked or reported its messages.",
        OURS,
        "Look at the number’s quality in WhatsApp Manager. Write only to people who asked for it.",
        _MENDED,
    ),
    "131049": Failure(
        "WhatsApp’s limit on marketing",
        "This person has reached WhatsApp’s limit for marketing messages from all businesses together.",
        WHATSAPP,
        "Wait at least a day before you try again. The number is fine: keep it.",
        _LATER,
    ),
    "131050": Failure(
        "Customer stopped marketing",
        "The customer has stopped marketing messages from you.",
        CUSTOMER,
        "Take them off your marketing lists. Messages about an order or a request still reach them.",
        _NO,
    ),
    "131053": Failure(
        "File not uploaded",
        "The picture, video or file could not be uploaded.",
        OURS,
        "Check that its address can be reached, and that WhatsApp accepts its type and size.",
        _MENDED,
    ),
    "131056": Failure(
        "Too many to one person",
        "Too many messages were sent to this person within a short time.",
        OURS,
        "Wait a little between messages to one person.",
        _LATER,
    ),
    "131062": Failure(
        "Phone number needed",
        "Messages of this kind, such as login codes, need a phone number, but the system gave only a WhatsApp user ID.",
        OURS,
        "Ask the customer for the phone number, or send the code another way.",
        _NO,
    ),
    "132000": Failure(
        "Wrong number of variables",
        "The template was sent with too many or too few variables.",
        OURS,
        "Send as many values as the template has variables.",
        _MENDED,
    ),
    "132001": Failure(
        "Template not found",
        "There is no such template in this language, or it is not approved yet.",
        OURS,
        "Check the name, the language and the approval of the template in WhatsApp Manager.",
        _MENDED,
    ),
    "132007": Failure(
        "Template breaks a rule",
        "The contents of the template break a rule of WhatsApp.",
        OURS,
        "Read why it was refused in WhatsApp Manager, and change the template.",
        _MENDED,
    ),
    "132012": Failure(
        "Variable in the wrong form",
        "A value of the template has the wrong form, such as a text where a picture or a date belongs.",
        OURS,
        "Send each value in the form that the template was approved with.",
        _MENDED,
    ),
    "132015": Failure(
        "Template paused",
        "The template is paused because people blocked or reported it.",
        OURS,
        "Change the template, or wait until the pause is over. Send it only to people who expect it.",
        _MENDED,
    ),
    "132016": Failure(
        "Template switched off",
        "The template was paused too often, and is now switched off permanently.",
        OURS,
        "Make a new template with other contents.",
        _NO,
    ),
    "133010": Failure(
        "Business number not registered",
        "Your business number is not registered with WhatsApp.",
        OURS,
        "Register the number, or sign it up again at your provider.",
        _MENDED,
    ),
}
"""What WhatsApp's codes mean."""

_NOT_LISTED = "Look up the code in the documentation of your provider."
_NO_REASON = Failure(
    "No reason given",
    "The system that sent the event gave no reason.",
    UNKNOWN_FAULT,
    "Send errorCode with message.failed.",
    "Not known",
)


def explain_failure(code: str, title: str | None = None) -> Failure:
    """Return why a message failed, by its code; of a code that is not listed, what its system says of it."""
    if code == UNKNOWN_ERROR:
        return _NO_REASON
    named = f"Code {code}: {title}" if title else f"Code {code}"
    return FAILURES.get(code) or Failure(named, f"{named}.", UNKNOWN_FAULT, _NOT_LISTED, "Not known")


def name_failure(code: str, title: str | None = None) -> str:
    """Return a failure in a few words, with its code."""
    name = explain_failure(code, title).name
    return f"{name} ({code})" if code in FAILURES else name


def say_faults(by_code: Mapping[str, int]) -> str:
    """Return whose fault failures are, the most first; WhatsApp's cap on marketing stands apart."""
    counts: Counter[str] = Counter()
    for code, count in by_code.items():
        fault = explain_failure(code).fault
        counts[_CAP if code == CAPPED else _AS_CAUSE[fault]] += count
    parts = [f"**{display.share(count / counts.total())}** {cause}" for cause, count in counts.most_common()]
    return f"Causes of {display.with_noun(counts.total(), 'failure')}: {', '.join(parts)}."


_CAP = "WhatsApp’s limit on marketing for each person"
_AS_CAUSE = {
    OURS: "your side",
    CUSTOMER: "the customer’s choice",
    NUMBER: "the number",
    WHATSAPP: "WhatsApp",
    UNKNOWN_FAULT: "unknown",
}
