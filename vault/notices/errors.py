"""What a room does wrong when it tells something. None of it is ever shown: each is a fault of ours."""


class NoticesError(Exception):
    """Base: a stable code and a sentence that says what to do."""

    code = "notices"
    sentence = "This cannot be told."

    def __init__(self) -> None:
        super().__init__(self.sentence)


class BadReference(NoticesError):
    """A reference is opaque (RQ-16)."""

    code = "bad-reference"
    sentence = (
        "A reference is 1 to 32 capital letters, digits and hyphens: use vault.notices.rules.reference_of."
    )


class BadPath(NoticesError):
    """A notice leads to a page of ours."""

    code = "bad-path"
    sentence = "A notice leads to a route of ours: give what reverse() returns, without a query."


class BadTopic(NoticesError):
    """A topic is registered before it is spoken of."""

    code = "bad-topic"
    sentence = (
        "Register the topic under a code of its own when Django starts (vault.notices.topics.register)."
    )


class OutsideTransaction(NoticesError):
    """What is told and what it speaks of happen both or neither."""

    code = "outside-transaction"
    sentence = "Tell inside the transaction of what is told."
