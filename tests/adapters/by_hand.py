"""A server for what no simulator should know: one connection, served by hand."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def serve_by_hand(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection and give the address."""

    def accept() -> None:
        link, _ = listener.accept()
        with link:
            link.recv(65_536)
            serve(link)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(10)
        assert not thread.is_alive()
