"""Every address of the system. What is not here does not exist; there is no admin site (AD-06)."""

from django.urls import include, path

from vault.project import api, api_reference, error_views, health

urlpatterns = [
    path("", include("vault.notices.urls")),
    path("", include("vault.administration.urls")),
    path("administration/", include("vault.administration.officer_urls")),
    path("", include("vault.approvals.urls")),
    path("records/", include("vault.holdings.urls")),
    path("rooms/", include("vault.administration.room_urls")),
    path("calendar/", include("vault.workdays.urls")),
    path("incidents/", include("vault.incidents.urls")),
    path("log/", include("vault.oversight.urls")),
    path("account/tokens/reference/", api_reference.reference, name="api_reference"),
    path("api/v1/", api.urls),
    path("health/", health.health, name="health"),
]

handler400 = error_views.bad_request
handler403 = error_views.forbidden
handler404 = error_views.not_found
handler500 = error_views.server_error
