"""Pages take turns: no more are drawn at a time than allowed, and what is drawn within one takes no other."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from analytics.server.turns import AT_A_TIME, take_turn


def test_no_more_than_some_draw_at_a_time_and_all_get_their_turn():
    drawing, most, lock = 0, 0, threading.Lock()

    def draw(_):
        nonlocal drawing, most
        with take_turn():
            with lock:
                drawing += 1
                most = max(most, drawing)
            time.sleep(0.01)
            with lock:
                drawing -= 1
        return True

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(draw, range(16)))
    assert most == AT_A_TIME


def test_a_part_of_a_page_is_drawn_in_the_turn_of_the_page():
    def draw():
        with take_turn(), take_turn(), take_turn():
            pass

    drawing = threading.Thread(target=draw, daemon=True)
    drawing.start()
    drawing.join(20)
    assert not drawing.is_alive(), "it waits for itself"


def test_who_fails_gives_the_turn_on():
    for _ in range(AT_A_TIME + 1):
        with pytest.raises(MemoryError), take_turn():
            raise MemoryError
