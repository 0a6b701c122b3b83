"""`analytics app`: a place where it cannot listen. That it serves is shown by `tests/test_wheel.py`."""

import socket


def test_a_port_that_is_taken_is_a_mistake_of_one_line(run):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        code, out, err = run("app", "--port", port)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: The app cannot listen at 127.0.0.1, port {port}: Address already in use")
    assert err.count("\n") == 1


def test_an_address_of_another_machine_is_a_mistake_of_one_line(run):
    code, out, err = run("app", "--host", "203.0.113.7")
    assert (code, out) == (2, "")
    assert err.startswith("Error: The app cannot listen at 203.0.113.7: ")
    assert err.count("\n") == 1
