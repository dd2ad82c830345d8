"""Facts of an ordinary event."""

from audit.events import Actor, Entry, ObjectFacts, Reason, Source

ACTION = "audit:log:read"
ACTOR = Actor(
    id="S0007",
    duties=("auditor",),
    unit="unit-1",
    session="session-1",
    account="0193e1a0-0000-7000-8000-000000000001",
    person="0193e1a0-0000-7000-8000-000000000002",
)
REASON = Reason(rule="rule:auditor", approval="approval-1", policy="1")


def entry(number: int = 0, **changes: object) -> Entry:
    facts = {
        "action": ACTION,
        "outcome": "granted",
        "reason": REASON,
        "actor": ACTOR,
        "object": ObjectFacts(
            type="record", id=f"record-{number}", version="1", label="010", digest="ab" * 32
        ),
        "source": Source(address="", terminal="terminal-3"),
        "corr": "corr-1",
        "req": "req-1",
        **changes,
    }
    return Entry(**facts)
