"""Addresses of the telephone page."""

from django.urls import path

from chengzhi.web.telephone import views

app_name = "telephone"
urlpatterns = [
    path("desk/telephone/", views.telephone, name="page"),
    path("desk/telephone/typed/", views.typed, name="typed"),
    path("desk/telephone/cells/", views.cells_part, name="cells"),
]
