"""Home, and the switches of the shell."""

from django.urls import path

from vault.notices import views

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
]
