"""Addresses of the residents' pages. Bare ones belong to the default district, `/d/…` to each."""

from django.urls import include, path

from chengzhi.web.public import following, layers, pages, reporting

app_name = "public"
_pages = [
    path("", pages.home, name="home"),
    path("report/", reporting.report, name="report"),
    path("find/", pages.find, name="find"),
    path("about/", pages.about, name="about"),
]
_district = [
    path("", pages.home, name="d-home"),
    path("report/", reporting.report, name="d-report"),
    path("find/", pages.find, name="d-find"),
    path("about/", pages.about, name="d-about"),
    path("report/types/", reporting.types_part, name="d-types"),
    path("report/nearby/", reporting.nearby_part, name="d-nearby"),
    path("report/cells/", reporting.cells_part, name="d-cells"),
    path("report/photo/", reporting.photo_part, name="d-photo"),
    path("map/<str:name>.json", layers.layer, name="d-layer"),
]
urlpatterns = [
    *_pages,
    path("d/<slug:slug>/", include(_district)),
    path("report/photo/<str:token>/", reporting.draft_picture, name="draft"),
    path("follow/<str:token>/", following.follow, name="follow"),
    path("follow/<str:token>/photo/<int:number>/", following.own_photo, name="own-photo"),
    path("follow/<str:token>/<str:what>/", following.act, name="act"),
    path("photo/<int:number>/", following.released_photo, name="photo"),
]
