"""Addresses of the register of incidents, under /incidents/."""

from django.urls import path

from vault.incidents import views

app_name = "incidents"

urlpatterns = [
    path("", views.register, name="register"),
    path("report/", views.report, name="report"),
    path("<uuid:incident_id>/", views.incident_page, name="incident"),
    path("<uuid:incident_id>/steps/", views.advance, name="advance"),
]
