"""Devin Gate: one workflow step asks Devin, waits, checks the answer, tells the pull request.

Start reading at `entrypoint.run`; `docs/adr/` has the reasons.
"""

__version__ = "0.1.0"
