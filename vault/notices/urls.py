"""Home, the notices, and the switches of the shell."""

from django.urls import path

from vault.notices import views

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.mark_all, name="mark_notices"),
    path("notices/<uuid:notice_id>/read/", views.mark, name="mark_notice"),
]
