"""Everything that can go wrong with the log: one base, one class per cause, texts that are safe to show."""


class AuditError(Exception):
    """Base of all. `code` is stable; `str(error)` holds no secret and says what to do."""

    code = "audit"


class AuditUnavailable(AuditError):
    """The event is not known to be committed: release nothing, change nothing, answer 503."""

    code = "audit.unavailable"


class SwallowedInsert(AuditUnavailable):
    """The database accepted the statement and kept no row: a rule or trigger ate it."""

    code = "audit.swallowed"


class InsideTransaction(AuditError):
    """Our bug: an event inside a transaction could be rolled back with it."""

    code = "audit.inside_transaction"


class OutsideTransaction(AuditError):
    """Our bug: an outbox row must share the transaction of the change it speaks of."""

    code = "audit.outside_transaction"


class UnregisteredAction(AuditError):
    """Our bug: an action nobody registered, or a name outside the grammar."""

    code = "audit.unregistered_action"


class UnregisteredConsumer(AuditError):
    """Our bug: an outbox row nobody would ever take."""

    code = "audit.unregistered_consumer"


class MalformedEvent(AuditError):
    """Our bug: a fact that an event cannot hold, such as an unknown outcome."""

    code = "audit.malformed_event"


class NotCanonical(AuditError):
    """A value outside the restricted RFC 8785 form, or bytes that are not their own canonical form."""

    code = "audit.not_canonical"


class SealerMissing(AuditError):
    """Nothing was wired that can seal personal data."""

    code = "audit.sealer_missing"


class SignerMissing(AuditError):
    """Nothing was wired that holds the key for checkpoints."""

    code = "audit.signer_missing"


class ClockRefused(AuditError):
    """The demo's clock was asked to go back, or beyond the present."""

    code = "audit.clock_refused"


class NoteInvalid(AuditError):
    """A checkpoint's text is malformed, empty or not signed by the key that was asked for."""

    code = "audit.note_invalid"


class TreeDamaged(AuditError):
    """The stored tree contradicts itself: the sequencer stops rather than sign on top of it."""

    code = "audit.tree_damaged"


class ForkedExport(AuditError):
    """The folder already holds another checkpoint of the same size."""

    code = "audit.forked_export"


class NotYetSequenced(AuditError):
    """The event is recorded and has no leaf yet: ask again in a second."""

    code = "audit.not_yet_sequenced"


class EventAbsent(AuditError):
    """There is no such event."""

    code = "audit.event_absent"


class ProofInvalid(AuditError):
    """The proof does not show what it claims."""

    code = "audit.proof_invalid"


class NothingSequenced(AuditError):
    """None of the events asked for stands in a signed tree, so there is nothing to give evidence of."""

    code = "audit.nothing_sequenced"


class BundleRefused(AuditError):
    """Evidence is not written over what is there, nor for a log older than a checkpoint that was kept."""

    code = "audit.bundle_refused"
