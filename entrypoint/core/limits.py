"""The limits that put a session of API v3 to sleep, each with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from entrypoint.core.session import Limit

LIMITS: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "usage_limit_exceeded": Limit(
            "The session has used up the ACUs that it may use.",
            "Give it a higher `max_acu_limit`, which is a new question and so a fresh session, or "
            "raise the limit for one session in Devin.",
        ),
        "out_of_credits": Limit(
            "The Devin organisation is out of credits.",
            "Add credits in Devin under Settings, Billing, wake the session, then re-run the job.",
        ),
        "out_of_quota": Limit(
            "The quota of the Devin plan is used up.",
            "Wait until it is renewed or raise it in Devin, wake the session, then re-run the job.",
        ),
        "no_quota_allocation": Limit(
            "The key's user has no share of the Devin quota.",
            "Have an administrator of Devin give it one, wake the session, then re-run the job.",
        ),
        "payment_declined": Limit(
            "Devin's charge for the organisation was declined.",
            "Correct the payment method in Devin under Settings, Billing, wake the session, then "
            "re-run the job.",
        ),
        "org_usage_limit_exceeded": Limit(
            "The Devin organisation has reached its usage limit.",
            "Have an administrator of Devin raise it, or wait for the next billing cycle, wake "
            "the session, then re-run the job.",
        ),
        "user_usage_limit_exceeded": Limit(
            "The key's user has reached its usage limit in Devin.",
            "Have an administrator of Devin raise it, or wait for the next billing cycle, wake "
            "the session, then re-run the job.",
        ),
        "total_session_limit_exceeded": Limit(
            "The Devin organisation has as many sessions as it may have.",
            "End other sessions in Devin or have the limit raised, wake the session, then re-run "
            "the job.",
        ),
        "contract_expired": Limit(
            "The organisation's contract with Devin has expired.",
            "Renew it with Cognition, wake the session, then re-run the job.",
        ),
    }
)
"""By `status_detail` of a suspended session."""
