"""Names of what a session remembers about its sign-in. Instants are epoch seconds of the one clock."""

STARTED = "started_at"
SEEN = "seen_at"
EPOCH = "epoch"
REFERENCE = "reference"
# The account whose second factor this session proved, and how.
PROVED = "second_factor_of"
METHOD = "second_factor_by"
# Where it was begun: the address, and what the browser calls itself.
ADDRESS = "address"
BROWSER = "browser"
# When its owner last proved again that it is he.
PROVED_AGAIN = "proved_again_at"
# What a passkey is asked to sign, until it has: to prove its owner, and to be added.
CHALLENGE = "passkey_challenge"
NEW_CHALLENGE = "new_passkey_challenge"
# The secret offered for set-up until a code of it was shown.
OFFERED_SECRET = "second_factor_offer"  # noqa: S105
