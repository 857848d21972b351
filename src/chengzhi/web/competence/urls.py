"""Addresses below /desk/: the officer's card, the list, hand-overs."""

from django.urls import path

from chengzhi.web.competence import handovers, lines, officer

app_name = "competence"
urlpatterns = [
    path("competence/", officer.page, name="card"),
    path("competence/list/", lines.index, name="list"),
    path("competence/list/new/", lines.edit, name="new_line"),
    path("competence/list/<int:number>/", lines.edit, name="line"),
    path("hand-overs/", handovers.index, name="hand_overs"),
    path("hand-overs/<str:number>/", handovers.page, name="hand_over"),
    path("hand-overs/<str:number>/undo/<int:event>/", handovers.undo, name="undo"),
    path("objects/<str:number>/hand-over/", handovers.of_object, name="give_object"),
    path("cases/<str:number>/hand-over/", handovers.of_case, name="give"),
]
