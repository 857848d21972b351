"""Addresses below /branch/: my bodies, the tree, one body, the rules of practice."""

from django.urls import path

from chengzhi.web.organisation import pages

app_name = "organisation"
urlpatterns = [
    path("", pages.home, name="home"),
    path("tree/", pages.tree, name="tree"),
    path("bodies/<str:code>/", pages.body, name="body"),
    path("rules/", pages.practice_rules, name="rules"),
]
