"""The log nobody can quietly change.

Guarantees
- An event is committed before the call that records it returns. What cannot be recorded raises
  AuditUnavailable, and its caller releases nothing and changes nothing.
- An event survives the rollback of the request that caused it: the log is a database of its own.
- Every event becomes one leaf of an RFC 6962 Merkle tree whose checkpoints are signed and kept outside the
  database. After that, editing, deleting, inserting, reordering or back-dating it, or putting an older
  database back, is found and named by `audit.verification.verify`, even when the database's owner did it.
- One event can be proved to a third party with one text file, without the rest of the log (`audit.proofs`).
- Every intent ends in exactly one outcome; one that never heard of its business transaction ends as
  `unknown`.
- Personal data stands in the sealed part only. Destroying a person's key blanks it and leaves every proof
  intact.

Non-guarantees
- The server that records can record lies. Reconcile its events against what the keys were used for.
- Triggers stop mistakes, not the owner of the database; the tree and the exported checkpoints are for him.
- An event removed before its first checkpoint left the database, or one invented by whoever can write the
  table, looks like nothing at all. The gap is the merge delay, below one second when the sequencer runs.
- Whoever holds the signing key *and* the folder of exported checkpoints can write another history. Keep one
  checkpoint where neither can reach it, on paper if need be.
- Row ids, and the order of events inside one batch, are no evidence of time beyond the checkpoints around
  them.

What stays compatible: the bytes of FORMAT.md, version 1. A later version gets another number in `v` beside
it.
"""
