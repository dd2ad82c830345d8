"""The auditor's addresses, under /log/."""

from django.urls import path

from vault.oversight import views

app_name = "oversight"

urlpatterns = [
    path("", views.log, name="log"),
    path("key", views.verifier_key, name="key"),
    path("export", views.export_evidence, name="export"),
    path("<uuid:uid>/", views.event_page, name="event"),
    path("<uuid:uid>/proof", views.proof_text, name="proof"),
    path("<uuid:uid>/event", views.canonical_bytes, name="canonical"),
]
