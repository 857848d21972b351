"""Addresses below /field/."""

from django.urls import path

from chengzhi.web.field import correcting, done, mine, objects, points

app_name = "field"
urlpatterns = [
    path("", mine.page, name="mine"),
    path("round/<int:number>/next/", mine.show_next, name="next"),
    path("point/<int:number>/", points.point, name="point"),
    path("point/<int:number>/skip/", points.skip, name="skip"),
    path("recheck/", points.rechecks, name="rechecks"),
    path("recheck/<int:number>/", points.recheck, name="recheck"),
    path("object/<int:number>/", objects.visit, name="object"),
    path("object/<int:number>/ask/<slug:checklist>/", objects.ask, name="ask"),
    path("visit/<int:number>/", done.page, name="visit"),
    path("visit/<int:number>/correct/", correcting.correct, name="correct"),
    path("visit/<int:number>/withdraw/", correcting.withdraw, name="withdraw"),
    path("photo/<int:number>/", done.photo, name="photo"),
]
