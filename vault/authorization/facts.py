"""What a decision is made of: who, what, and how the two are related. Pure; no Django."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from accounts.rules import OFFICER_DUTIES, Duty
from accounts.token_rules import TokenScope
from vault.authorization.actions import Action, ObjectState
from vault.authorization.levels import OPEN, Levels


@dataclass(frozen=True)
class Subject:
    """Who acts, as the rule sees him: a person, whichever of his accounts he uses (PE-07).

    `duties` are (duty, unit) in force, `units` those whose internal records his duties reach. `scopes` are those of the
    token through which he acts, None where he acts himself.
    """

    account_id: UUID | None
    person_id: UUID | None
    usable: bool
    duties: frozenset[tuple[Duty, UUID]] = frozenset()
    units: frozenset[UUID] = frozenset()
    clearance: Levels = OPEN
    training_valid: bool = False
    undertaking_valid: bool = False
    exclusions: tuple[str, ...] = ()
    home_unit_id: UUID | None = None
    scopes: frozenset[TokenScope] | None = None

    @cached_property
    def duty_names(self) -> frozenset[Duty]:
        """The duties held anywhere."""
        return frozenset(duty for duty, _ in self.duties)

    @cached_property
    def is_officer(self) -> bool:
        """System officer, security officer or auditor anywhere."""
        return not self.duty_names.isdisjoint(OFFICER_DUTIES)

    def holds_over(self, duties: frozenset[Duty], line: frozenset[UUID]) -> bool:
        """True when one of the duties is held at one of these units: an object's own and those above it."""
        return any(duty in duties and unit in line for duty, unit in self.duties)


NOBODY = Subject(account_id=None, person_id=None, usable=False)


@dataclass(frozen=True)
class ObjectFacts:
    """A protected object: where it stands, its effective label and its state.

    `line` holds its unit and all units above. `author_id` is whoever filed it; that gives no right, it only says
    whose draft it is. `quarantined` is about the component asked for.
    """

    type: str
    id: UUID | None
    unit_id: UUID | None
    levels: Levels
    line: frozenset[UUID] = frozenset()
    shielded: bool = False
    caveat: str = ""
    state: ObjectState = ObjectState.ACTIVE
    author_id: UUID | None = None
    quarantined: bool = False
    version: str = ""

    @property
    def needs_list(self) -> bool:
        """Classified or shielded: known only to the people on its list (P-05; 10.1 保密工作(3))."""
        return self.levels.is_classified or self.shielded


@dataclass(frozen=True)
class RelationFacts:
    """What ties this subject to this object at this instant."""

    knows: bool = False
    grants: frozenset[Action] = field(default_factory=frozenset)
    approved_request: bool = False
    live_session: bool = False
    registered_terminal: bool = False
    excluded: bool = False
    state_content_open: bool = False


UNRELATED = RelationFacts()


class Obligation(StrEnum):
    """What whoever releases something under an Allow must do with it."""

    NO_STORE = "no-store"
    WATERMARK = "watermark"
    REGISTER_PAGE = "register-page"


@dataclass(frozen=True)
class Scope:
    """The part of an object an action is about: the whole, or one component, one version and some pages of it.

    Versions and pages count from 1; version 0 and no pages are all of them.
    """

    component_id: UUID | None = None
    version: int = 0
    pages: tuple[int, ...] = ()
    quarantined: bool = False

    def canonical(self) -> str:
        """Stable text for the log, e.g. `whole` or `component:…:version:2:pages:3,4`."""
        if self.component_id is None:
            return "whole"
        version = f":version:{self.version}" if self.version else ""
        pages = f":pages:{','.join(map(str, self.pages))}" if self.pages else ""
        return f"component:{self.component_id}{version}{pages}"

    def covers(self, other: "Scope") -> bool:
        """True when this scope contains the other."""
        if self.component_id is None:
            return True
        if self.component_id != other.component_id or self.version not in (0, other.version):
            return False
        return not self.pages or (bool(other.pages) and set(other.pages) <= set(self.pages))


WHOLE = Scope()
