"""Addresses of the calendar, under /calendar/."""

from django.urls import path

from vault.workdays import views

app_name = "workdays"

urlpatterns = [
    path("", views.calendar_page, name="calendar"),
    path("notice/", views.notice, name="notice"),
    path("units/<uuid:unit_id>/", views.unit_page, name="unit"),
    path("units/<uuid:unit_id>/week/", views.set_week, name="set_week"),
    path("units/<uuid:unit_id>/days/", views.set_day, name="set_day"),
]
