"""The auditor's addresses, under /log/."""

urlpatterns: list = []
app_name = "oversight"
