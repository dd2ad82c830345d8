"""Whether the process answers, for a supervisor. It tells nothing else."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from vault.authorization.actions import Action
from vault.authorization.decorators import requires


@require_safe
@requires(Action.HEALTH)
def health(request: HttpRequest) -> JsonResponse:
    """Alive and wired; no counts, no versions, no names."""
    return JsonResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
