"""Keys, encrypted blobs, encrypted columns and sealed log parts.

Guarantees, for whoever holds the database and the blob folder but not the key ring:
1. Nothing readable: blob bodies, encrypted cells and sealed event parts are ciphertext under keys that
   only the key ring unlocks. Equal plaintexts give unrelated ciphertexts.
2. Nothing changed unnoticed: a flipped bit, a cut, an added byte, a moved chunk, a blob, key row or cell
   put in another's place, or an older version put back under a newer name is an error, never other bytes.
3. No byte is released before the 16 KiB chunk it lies in has been verified, whole reads and ranges alike.
4. A blob opens only under the binding it was wrapped with. The binding is not stored, so changing a label
   in the database makes the blob unreadable instead of less protected.
5. A crash at any instant leaves a blob whole and committed, or unreadable garbage that a sweep removes.
6. Erasing a key row makes every copy of the blob unreadable, backups of the blob folder included.

Not guaranteed: secrecy of sizes, counts, times and of which rows belong together; secrecy of the compartment
of a blob; protection from code running as the service's own user, which can read the key ring; detection
of a whole database *and* blob folder put back together to an earlier state (the audit log's checkpoints
find that); survival of the key ring (back it up apart from everything else); erasure of a key row from
database backups and from PostgreSQL's write-ahead log before they expire.

Compatibility: every released format version stays readable; one blob and one key ring of each are kept in
`tests/vectors/`. The bytes are specified in `FORMAT.md`.
"""
