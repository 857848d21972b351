"""Addresses below /branch/commitments/."""

from django.urls import path

from chengzhi.web.commitments import inner, proposing

app_name = "commitments"
urlpatterns = [
    path("", inner.index, name="index"),
    path("new/", proposing.new, name="new"),
    path("<str:number>/", inner.page, name="one"),
    path("<str:number>/change/", proposing.change, name="change"),
    path("<str:number>/undo/<int:event>/", inner.undo, name="undo"),
    path("<str:number>/words/<int:sighting>/", inner.words, name="words"),
]
