"""Files of strangers, read apart: a child process reads them, so that none of them can take this one with it.

`parent.py` is called like `read_dump` and yields the same lines; `child.py` is the program that reads; `process.py`
starts, watches and ends it; `messages.py` is what the two tell each other. What is refused, and in which words, is
decided in `analytics/events/`; here it is only said what became of a child that did not come to an end.
"""
