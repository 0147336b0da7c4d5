"""Where the post step starts, after every job: over at once where the main step told its end.

Nothing is imported here that Python has not loaded by itself, since most post steps have nothing to
do and every job waits for them.
"""

import os

FINISHED = "STATE_finished"
"""What the runner makes of `State.FINISHED`."""


def start() -> int:
    """Run the post step, if there is anything to do, and return the exit code."""
    if os.environ.get(FINISHED):
        return 0
    from entrypoint.__main__ import start_post

    return start_post()
