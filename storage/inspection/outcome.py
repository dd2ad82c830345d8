"""How examiners inside the child report: pages found, or reasons to quarantine."""


class Rejected(Exception):
    """The file must not enter; `reasons` are codes of `reasons.REASONS` in order of weight."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons
