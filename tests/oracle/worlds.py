"""Random worlds as plain dictionaries. Nothing here imports the product.

Most people and things are in order and a few are not, so that deep rules are reached as well as the first ones.
"""

import random

from tests.oracle import rule

TREE = {
    "company": None,
    "division": "company",
    "hall_a": "division",
    "hall_b": "division",
    "department": "company",
}
UNITS = list(TREE)
CONTENT_DUTIES = (
    "duty_clerk",
    "staff",
    "hall_director",
    "archivist",
    "department_head",
    "leader",
    "principal_leader",
    "classification_officer",
    "enterprise_management",
    "supervision",
)


def someone(rng: random.Random, name: str) -> dict:
    """A person, mostly fit to work."""
    posts = [(rng.choice(CONTENT_DUTIES), rng.choice(UNITS)) for _ in range(rng.choice((1, 1, 2)))]
    kind = rng.random()
    if kind < 0.06:
        posts = [(rng.choice(sorted(rule.OFFICERS)), "company")]
    elif kind < 0.10:
        posts.append((rng.choice(sorted(rule.OFFICERS)), "company"))
    elif kind < 0.16:
        posts += [(duty, rng.choice(UNITS)) for duty in sorted(rule.ALSO_EXCLUSIVE)]
    elif kind < 0.20:
        posts = []
    return {
        "name": name,
        "account": not _rarely(rng, 0.04),
        "usable": not _rarely(rng, 0.06),
        "posts": posts,
        "clearance": {
            "state": rng.choice((0, 1, 2, 3, 3)),
            "enterprise": rng.choice((0, 1, 2, 2)),
            "internal": rng.choice((0, 1, 1, 1, 1)),
        },
        "trained": not _rarely(rng, 0.06),
        "undertaking": not _rarely(rng, 0.06),
        "token": _token(rng),
    }


def _token(rng: random.Random) -> set[str] | None:
    """The scopes of a program's token, or None. Drawn apart, so that the rest of the worlds is what it was."""
    apart = random.Random()
    apart.setstate(rng.getstate())
    scopes = {scope for scope in rule.TOKEN_SCOPES if apart.random() < 0.7}
    return scopes if _rarely(apart, 0.15) else None


def something(rng: random.Random, authors: list[str]) -> dict:
    """A thing under any label; half of them classified."""
    label = rng.choice(("open", "internal", "internal", "enterprise", "state", "both"))
    return {
        "unit": rng.choice(UNITS),
        "state": rng.choice((1, 2, 3)) if label in {"state", "both"} else 0,
        "enterprise": rng.choice((1, 2)) if label in {"enterprise", "both"} else 0,
        "internal": 0 if label == "open" else rng.choice((1, 1, 1, 0)) if label != "internal" else 1,
        "shielded": _rarely(rng, 0.15),
        "phase": rng.choice(("active",) * 6 + ("draft", "draft", "destroyed")),
        "author": rng.choice(authors),
        "quarantined": False,
    }


def tie(rng: random.Random) -> dict:
    """What ties one person to one thing."""
    some = rng.choice((0.0, 0.3, 0.7))
    return {
        "listed": rng.random() < 0.6,
        "grants": {verb for verb in rule.NINE if rng.random() < some / 3},
        "requests": {verb for verb in rule.NINE if rng.random() < some},
        "session": rng.random() < 0.5,
        "excluded": _rarely(rng, 0.05),
    }


def random_world(rng: random.Random) -> dict:
    """One person, one thing, and where they meet."""
    what = something(rng, ["me", "another"])
    what["quarantined"] = _rarely(rng, 0.1)
    return {
        "tree": TREE,
        "who": someone(rng, "me"),
        "what": what,
        "ties": tie(rng),
        "terminal": rng.random() < 0.5,
        "attested": rng.random() < 0.8,
    }


def _rarely(rng: random.Random, share: float) -> bool:
    return rng.random() < share
