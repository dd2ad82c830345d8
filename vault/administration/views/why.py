"""PE-13: the security officer asks why somebody may or may not do something, and sees nothing of the object."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from vault.administration import presentation
from vault.administration.officer_forms import WhyForm
from vault.authorization import questions
from vault.authorization.actions import Action
from vault.authorization.context import of_request
from vault.authorization.decorators import requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Action.ASK_WHY)
def why(request: HttpRequest) -> HttpResponse:
    """The question, and below it the answer; posted, because addresses stand in histories and in proxies' logs."""
    form = WhyForm(request.POST if request.method == "POST" else None)
    found = None
    if form.is_valid():
        action, object_id = Action(form.cleaned_data["action"]), form.cleaned_data["object"]
        answer = questions.answer(of_request(request), form.account, action, object_id)
        found = presentation.answer(answer, form.account, action, object_id)
    return render(
        request,
        "administration/why.html",
        {"form": form, "answer": found},
        status=400 if form.errors else 200,
    )
