"""The tables of people and of what signs them in."""

from accounts.models.enrolment import TerminalCode, TerminalEnrolment
from accounts.models.register import (
    PATH_LIMIT,
    Account,
    AccountManager,
    Appointment,
    Clearance,
    DatedQuerySet,
    DeSecrecy,
    PendingGrant,
    Person,
    RegisterChange,
    RosterEntry,
    Training,
    Undertaking,
    Unit,
    in_force,
)
from accounts.models.rooms import RoomInspection, SecureRoom
from accounts.models.signing import ApiToken, LiveSession, ReplayedRequest
from accounts.models.terminals import Terminal, TerminalChange, TerminalCheck

__all__ = [
    "PATH_LIMIT",
    "Account",
    "AccountManager",
    "ApiToken",
    "Appointment",
    "Clearance",
    "DatedQuerySet",
    "DeSecrecy",
    "LiveSession",
    "PendingGrant",
    "Person",
    "RegisterChange",
    "ReplayedRequest",
    "RoomInspection",
    "RosterEntry",
    "SecureRoom",
    "Terminal",
    "TerminalChange",
    "TerminalCheck",
    "TerminalCode",
    "TerminalEnrolment",
    "Training",
    "Undertaking",
    "Unit",
    "in_force",
]
