"""Addresses below /commitments/: what everybody may read, of the default district and of each."""

from django.urls import include, path

from chengzhi.web.commitments import outside

app_name = "promises"
_district = [
    path("", outside.index, name="d-index"),
    path("body/<str:code>/", outside.of_body, name="d-body"),
    path("area/<str:code>/", outside.of_area, name="d-area"),
    path("domain/<slug:code>/", outside.of_domain, name="d-domain"),
    path("post/<str:code>/", outside.of_post, name="d-post"),
    path("<str:number>/", outside.page, name="d-one"),
    path("<str:number>/poster/", outside.poster, name="d-poster"),
    path("<str:number>/answer/", outside.say, name="d-say"),
]
urlpatterns = [path("", outside.index, name="index"), path("d/<slug:slug>/", include(_district))]
