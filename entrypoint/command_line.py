"""The composition root of the command line: arguments and real adapters in, exit code out."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Mapping, Sequence

from entrypoint.adapters.files import read_named_file
from entrypoint.adapters.runner import Runner
from entrypoint.adapters.sandbox import ForkedSandbox
from entrypoint.adapters.signals import Signals
from entrypoint.adapters.time_limit import AlarmLimit
from entrypoint.check import check
from entrypoint.core.outcome import Outcome
from entrypoint.errors import Cancelled
from entrypoint.world import COMPUTE_S


def command_main(
    arguments: Sequence[str], signals: Signals, environ: Mapping[str, str] = os.environ
) -> int:
    """Run a command and return its exit code; `SystemExit` for `--help`. Else never raises.

    Not in the action's own step: an input `args` there would make another, green command of it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know our marks
    runner = Runner({})
    if "INPUT_DEVIN_API_KEY" in environ:
        runner.log("Devin Gate: error. The gate takes no `args`; leave them out of the step.")
        return Outcome.ERROR.exit_code
    limit, sandbox = AlarmLimit(COMPUTE_S), ForkedSandbox(COMPUTE_S)
    try:
        try:
            signals.release()
            return check(arguments, runner, read_named_file, limit, sandbox)
        except Exception as error:  # noqa: BLE001 - a bug of ours ends in words here too
            said = f"Devin Gate itself failed ({type(error).__name__}); please report it."
            runner.log(f"Devin Gate: error. {said}")
            return Outcome.ERROR.exit_code
        finally:
            signals.hold()
    except Cancelled:
        return Outcome.CANCELLED.exit_code
    finally:
        signals.finish()
        if sys.stdout:
            with contextlib.suppress(OSError):  # nobody may be reading any more
                sys.stdout.close()
