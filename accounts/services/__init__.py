"""The verbs on people, duties and clearances. Each checks who may, refuses with a reason, and journals.

The checks here hold whoever calls: the three officers' division of work (AD-01), the exclusions (AD-02), the second
person (AD-03) and that nobody changes his own rights (AD-04). The gate above adds its own.
"""

from accounts.services.access import (
    change_password,
    lift_lockout,
    reactivate,
    reset_password,
    reset_second_factor,
    suspend,
)
from accounts.services.clearances import grant_clearance, revoke_clearance, set_category
from accounts.services.duties import appoint, end_appointment
from accounts.services.people import create_account, create_person, create_unit, record_departure
from accounts.services.standing import record_training, sign_undertaking

__all__ = [
    "appoint",
    "change_password",
    "create_account",
    "create_person",
    "create_unit",
    "end_appointment",
    "grant_clearance",
    "lift_lockout",
    "reactivate",
    "record_departure",
    "record_training",
    "reset_password",
    "reset_second_factor",
    "revoke_clearance",
    "set_category",
    "sign_undertaking",
    "suspend",
]
