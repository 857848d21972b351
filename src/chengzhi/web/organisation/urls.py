"""Addresses below /branch/: my bodies, the tree, one body, the rules of practice."""

from django.urls import path

from chengzhi.web.organisation import due, members, pages

app_name = "organisation"
urlpatterns = [
    path("", pages.home, name="home"),
    path("tree/", pages.tree, name="tree"),
    path("bodies/<str:code>/", pages.body, name="body"),
    path("bodies/<str:code>/members/new/", members.new, name="member_new"),
    path("members/<int:number>/", members.row, name="row"),
    path("members/<int:number>/<slug:what>/", members.change, name="change"),
    path("members/roles/<int:number>/end/", members.end_role, name="end_role"),
    path("members/<slug:kind>/<int:number>/annul/", members.annul, name="annul"),
    path("due/", due.page, name="due"),
    path("due.ics", due.calendar, name="due_file"),
    path("due/<str:code>/", due.note, name="due_note"),
    path("rules/", pages.practice_rules, name="rules"),
]
