"""Addresses of photos for staff."""

from django.urls import path, re_path

from chengzhi.web.photos import views

app_name = "photos"
urlpatterns = [
    path("desk/photos/<int:number>/mask/", views.mask, name="mask"),
    path("desk/photos/<int:number>/release/", views.release, name="release"),
    re_path(r"^desk/photos/(?P<number>\d+)/(?P<size>original|masked|small)/$", views.picture, name="picture"),
]
