"""Names of what a session remembers about its sign-in. Instants are epoch seconds of the one clock."""

STARTED = "started_at"
SEEN = "seen_at"
EPOCH = "epoch"
REFERENCE = "reference"
# The account whose second factor this session proved, and how.
PROVED = "second_factor_of"
METHOD = "second_factor_by"
# The secret offered for set-up until a code of it was shown.
OFFERED_SECRET = "second_factor_offer"  # noqa: S105
