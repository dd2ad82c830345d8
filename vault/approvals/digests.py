"""What an approval is bound to: a digest of all that was approved, checked again at each use."""

import hashlib
import json

from vault.approvals.models import AccessRequest


def digest_of(request: AccessRequest) -> bytes:
    """SHA-256 over everything that was approved, in one form. It is stored encrypted: the purpose is words."""
    terms = {
        "request": str(request.pk),
        "record": str(request.record_id),
        "action": request.action,
        "requester": str(request.requester_id),
        "unit": str(request.requester_unit_id),
        "purpose": request.purpose,
        "extent": request.extent,
        "whole": request.is_whole,
        "window": [request.starts_on.isoformat(), request.ends_on.isoformat()],
        "amount": request.amount,
        "label": request.levels.canonical(),
    }
    if request.is_emergency:
        # Beside the rest, so that what was approved before there were emergencies still says the same.
        terms["emergency"] = {"why": request.why_urgent, "room": str(request.room_id)}
    text = json.dumps(terms, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def is_unchanged(request: AccessRequest) -> bool:
    """Whether a request still says what was approved; one that was never approved says nothing."""
    return request.digest is not None and bytes(request.digest) == digest_of(request)
