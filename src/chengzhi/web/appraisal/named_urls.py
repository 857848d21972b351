"""Addresses of named rounds, people of a round and evidence sheets, below /branch/appraisal/."""

from django.urls import path

from chengzhi.web.appraisal import evidence, named, named_people, named_planning, named_rating, named_results

urlpatterns = [
    path("named/", named.index, name="named"),
    path("named/new/", named_planning.new, name="named_new"),
    path("named/<str:number>/", named.page, name="named_round"),
    path("named/<str:number>/rate/<int:person>/", named_rating.rate, name="named_rate"),
    path("named/<str:number>/result/", named_results.result, name="named_result"),
    path("named/<str:number>/people/<int:person>/", named_people.person, name="named_person"),
    path("named/<str:number>/evidence/", evidence.of_named, name="evidence_named"),
    path("named/<str:number>/undo/<int:event>/", named.undo, name="named_undo"),
    path("named/<str:number>/do/<slug:step>/", named.step, name="named_step"),
    path("people/<str:number>/", named_people.ratees, name="ratees"),
    path("people/<str:number>/<int:position>/", named_people.ratee, name="ratee"),
    path("people/<str:number>/evidence/", evidence.of_round, name="evidence_round"),
    path("evidence/<int:pk>/", evidence.sheet, name="evidence"),
]
