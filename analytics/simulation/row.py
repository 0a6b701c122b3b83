"""Events of the simulation as rows of numbers, and what these stand for."""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.void]
"""Events, as an array of `ROW`."""

ROW: Final = np.dtype(
    [
        ("arrival", "i8"),  # when its line is written, which is its place in the file: ms since 1970
        ("time", "i8"),  # when it happened: ms since 1970
        ("number", "i8"),  # which message; of a handoff the new mode; of a resolution how many messages
        ("user", "i4"),
        ("tenths", "i4"),  # how long a resolved conversation took: tenths of a minute
        ("kind", "u1"),
        ("chat", "u1"),  # which of the user's chats, from 0
        ("content", "u1"),  # content type, source, reason, resolution or error: an index into the kind's wordings
        ("detail", "u1"),  # journey step, or whether an optional property is there
        ("mode", "u1"),  # the service mode it states, 0 for none
        ("agent", "u1"),  # the agent it names, 0 for none
        ("bad", "u1"),  # in which way its line is spoilt, 0 for not
    ]
)

AGENTS: Final = 40
NO_MODE, BOT, AGENT = 0, 1, 2
NOBODY = 0


class Kind(IntEnum):
    """The nine events, in the natural order of a conversation."""

    CREATED = 0
    RECEIVED = 1
    HANDOFF = 2
    ASSIGNED = 3
    SENT = 4
    DELIVERED = 5
    READ = 6
    FAILED = 7
    RESOLVED = 8


# Where groups of wordings begin in `content`; `lines.py` spells them.
BOT_SENT, AGENT_SENT, NOTICE_SENT, CAMPAIGN_SENT = 0, 10, 20, 30
MET, IMPORTED = 0, 10
TO_AGENT, TO_BOT = 0, 10
BY_BOT, BY_AGENT, BY_SILENCE = 0, 10, 20
