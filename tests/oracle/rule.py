"""The access rule as a list of objections over plain dictionaries.

Written from the text (architecture.md section 3, practice.md P-01 to P-05, requirements.md section 6), not from the
code: it collects every objection instead of stopping at the first, finds the units by walking the tree upward, and
knows duties and actions by their names only. `objections(verb, world)` is empty exactly when the rule allows.

A world: {"tree": {unit: parent or None},
          "who": {"account", "usable", "name", "posts": [(duty, unit)], "clearance": {"state", "enterprise",
                  "internal"}, "trained", "undertaking", "token": {scopes} or None},
          "what": {"unit", "state", "enterprise", "internal", "shielded", "phase", "author", "quarantined"},
          "ties": {"listed", "grants": {verbs}, "requests": {verbs}, "session", "excluded"},
          "terminal": bool, "attested": bool}
"""

NINE = ("describe", "consult", "excerpt", "quote", "copy", "print", "export", "change_label", "lend")
WORK = (
    "edit_draft",
    "register",
    "correct",
    "decide_label",
    "name_knowers",
    "propose_knowers",
    "grant",
    "move",
    "read_history",
    "view_quarantine",
    "produce",
)
NEW = ("draft", "file", "receive", "drop_received", "create_archive_file", "import")
LOOKS = (
    "preview",  # the first page, small: as consulting, and never of a secret
    "request_access",  # asking for more of what one may know of
)
VERBS = NINE + WORK + LOOKS + NEW

OFFICERS = {"system_officer", "security_officer", "auditor"}
# Every exclusion of the text involves an officer, whom another rule refuses anyway. The worlds know one more, between
# two duties that open records, so that the rule about exclusions is seen on its own.
ALSO_EXCLUSIVE = {"enterprise_management", "supervision"}
KEEPERS = {"archivist", "hall_director", "department_head"}
LEADERS = {"leader", "principal_leader"}

READ = {"consult", "excerpt", "quote"}
REPRODUCE = {"copy", "print"}
CONTENT_IN = {"file", "receive", "correct", "import"}
CONTENT_OUT = READ | REPRODUCE | {"export", "preview", "produce"}

# Work that a duty does, at the unit of the record or above it.
DUTIES = {
    "change_label": KEEPERS | LEADERS | {"classification_officer"},
    "lend": {"archivist"},
    "decide_label": {"classification_officer"},
    "name_knowers": KEEPERS | LEADERS | {"classification_officer"},
    "propose_knowers": KEEPERS | LEADERS | {"classification_officer"},
    "grant": KEEPERS | LEADERS,
    "view_quarantine": KEEPERS,
    "move": KEEPERS,
    "read_history": KEEPERS,
    # A copy for whoever was approved it.
    "produce": {"archivist", "room_keeper"},
}
ANY_CONTENT_DUTY = ("edit_draft", "register", "correct", *NEW)

# What a program's token may be for; of anything else it opens nothing.
TOKEN_SCOPES = (
    "records:read",
    "records:write",
    "people:read",
    "people:write",
    "events:read",
    "requests:read",
    "requests:write",
)
BY_TOKEN = {
    "describe": {"records:read", "records:write"},
    "copy": {"records:read"},
    "request_access": {"requests:write"},
    **dict.fromkeys(
        ("draft", "edit_draft", "register", "file", "receive", "drop_received"), {"records:write"}
    ),
}

PHASES = {
    "draft": {
        "describe",
        "consult",
        "preview",
        "change_label",
        "edit_draft",
        "register",
        "name_knowers",
        "propose_knowers",
        "view_quarantine",
        "read_history",
    },
    "destroyed": {"describe"},
    "active": set(VERBS) - {"edit_draft", "register"} - set(NEW),
}


def allows(verb: str, world: dict) -> bool:
    return not objections(verb, world)


def objections(verb: str, world: dict) -> set[str]:
    who = world["who"]
    if not who["account"]:
        return {"not-signed-in"}
    return set(_about_who(verb, world)) | set(_about_what(verb, world)) | set(_about_right(verb, world))


def _about_who(verb, world):
    who = world["who"]
    held = {duty for duty, _ in who["posts"]}
    if not who["usable"]:
        yield "account-unusable"
    if exclusive(who["posts"]):
        yield "duties-conflict"
    if held & OFFICERS:
        yield "officer-sees-no-content"
    if verb in WORK + NEW and not held & _duties_for(verb):
        yield "duty-missing"
    if who["token"] is not None and not who["token"] & BY_TOKEN.get(verb, set()):
        yield "token-scope-missing"
    if not who["trained"]:
        yield "training-expired"
    if not who["undertaking"]:
        yield "undertaking-unsigned"


def _about_what(verb, world):
    what, cleared = world["what"], world["who"]["clearance"]
    for regime, code in (
        ("state", "clearance-state"),
        ("enterprise", "clearance-enterprise"),
        ("internal", "clearance-restricted"),
    ):
        if what[regime] > cleared[regime]:
            yield code
    if world["who"]["token"] is not None and (secret(what) or what["shielded"]):
        yield "token-never-classified"
    if verb in CONTENT_OUT and what["quarantined"] and verb not in NEW:
        yield "content-quarantined"
    if verb in CONTENT_OUT | CONTENT_IN and what["state"] and not world["attested"]:
        yield "state-content-closed"
    if verb in {"lend", "import", "preview"} and secret(what):
        yield "classified-never"
    if verb in CONTENT_IN | {"produce"} and secret(what) and not world["terminal"]:
        yield "terminal-not-registered"
    if verb in NEW:
        return
    if verb not in PHASES[what["phase"]]:
        yield "state-forbids"
    if what["phase"] == "draft" and what["author"] != world["who"]["name"]:
        changes_it = verb in {"edit_draft", "register"}
        if changes_it or not _has_duty(KEEPERS, world):
            yield "draft-of-another"
    if world["ties"]["excluded"]:
        yield "excluded-from-object"


def _about_right(verb, world):
    what, ties = world["what"], world["ties"]
    if verb in NEW:
        if not _has_duty(_duties_for(verb), world):
            yield "no-basis-for-action"
        return
    hidden = secret(what) or what["shielded"]
    mine = what["unit"] in reach(world)
    if hidden and not ties["listed"]:
        yield "not-on-need-to-know-list"
    if not hidden and what["internal"] and not mine and not ties["grants"]:
        yield "outside-unit-scope"
    named = verb in ties["grants"]
    asked = verb in ties["requests"]
    if verb in {"describe", "request_access"}:
        fine = hidden or not what["internal"] or mine or bool(ties["grants"])
    elif verb == "preview":
        fine = hidden or not what["internal"] or mine or "consult" in ties["grants"]
    elif verb in READ:
        fine = hidden or not what["internal"] or mine or named
    elif verb in REPRODUCE:
        fine = named or asked or not (hidden or what["internal"])
    elif verb == "export":
        fine = named
    elif verb in {"change_label", "lend"}:
        fine = named or _has_duty(DUTIES[verb], world)
    else:
        fine = _has_duty(_duties_for(verb), world)
    if not fine:
        yield "no-basis-for-action"
    if secret(what) and verb in CONTENT_OUT - {"preview"} and not asked:
        yield "approved-request-missing"
    if secret(what) and verb in READ | REPRODUCE and not ties["session"]:
        yield "live-session-missing"


def secret(what) -> bool:
    return what["state"] > 0 or what["enterprise"] > 0


def chain(tree, unit) -> list:
    """From a unit up to the root."""
    found = []
    while unit is not None:
        found.append(unit)
        unit = tree[unit]
    return found


def reach(world) -> set:
    """Units whose internal records the person's duties open: his own; for an archivist, all below as well."""
    tree = world["tree"]
    found = set()
    for duty, at in world["who"]["posts"]:
        if duty in OFFICERS:
            continue
        found |= {unit for unit in tree if unit == at or (duty == "archivist" and at in chain(tree, unit))}
    return found


def exclusive(posts) -> bool:
    """Duties that one person may not hold together."""
    held = {duty for duty, _ in posts}
    officers = held & OFFICERS
    return len(officers) > 1 or bool(officers and held - OFFICERS) or held >= ALSO_EXCLUSIVE


def _has_duty(duties, world) -> bool:
    line = chain(world["tree"], world["what"]["unit"])
    return any(duty in duties and at in line for duty, at in world["who"]["posts"])


def _duties_for(verb):
    if verb in ANY_CONTENT_DUTY:
        return EVERY_DUTY - OFFICERS
    return DUTIES[verb]


EVERY_DUTY = (
    OFFICERS
    | KEEPERS
    | LEADERS
    | {
        "staff",
        "duty_clerk",
        "enterprise_management",
        "classification_officer",
        "room_keeper",
        "appraiser",
        "agent",
        "service_specialist",
        "supervision",
    }
)
