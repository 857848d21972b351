"""Which part of the site answers which address. No address carries a language."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

# prefix → module; the order is the order of asking.
AREAS = (
    ("", "chengzhi.web.health"),
    ("api/", "chengzhi.api.urls"),
    ("account/", "chengzhi.web.account.urls"),
    ("desk/", "chengzhi.web.desk.urls"),
    ("desk/evaluation/", "chengzhi.web.evaluation.urls"),
    ("desk/imports/", "chengzhi.web.imports.urls"),
    ("desk/registers/", "chengzhi.web.registers.urls"),
    ("desk/upper/", "chengzhi.web.upper.urls"),
    ("desk/", "chengzhi.web.competence.urls"),
    ("desk/", "chengzhi.web.domains.urls"),
    ("desk/rounds/", "chengzhi.web.rounds.urls"),
    ("field/", "chengzhi.web.field.urls"),
    ("branch/", "chengzhi.web.organisation.urls"),
    ("branch/rectification/", "chengzhi.web.rectification.urls"),
    ("branch/commitments/", "chengzhi.web.commitments.urls"),
    ("branch/appraisal/", "chengzhi.web.appraisal.urls"),
    ("branch/lectures/", "chengzhi.web.lectures.urls"),
    ("commitments/", "chengzhi.web.commitments.public_urls"),
    ("ballot/", "chengzhi.web.appraisal.ballot_urls"),
    ("manage/", "chengzhi.web.manage.urls"),
    ("", "chengzhi.web.photos.urls"),
    ("", "chengzhi.web.telephone.urls"),
    ("", "chengzhi.web.party.urls"),
    ("", "chengzhi.web.urls"),
    ("", "chengzhi.web.public.urls"),
)

# What the setting CHENGZHI_BRANCH takes off an instance: inner pages and public promises.
BRANCH = ("branch/", "commitments/", "ballot/")


def wanted(branch: bool) -> tuple[tuple[str, str], ...]:
    """The areas an instance answers, with or without the branch part."""
    return tuple(one for one in AREAS if branch or not one[0].startswith(BRANCH))


def _exists(module: str) -> bool:
    parent = module.rpartition(".")[0]
    return find_spec(parent) is not None and find_spec(module) is not None


urlpatterns: list[URLPattern | URLResolver] = []
for _prefix, _module in wanted(settings.BRANCH):
    if _exists(_module):
        urlpatterns.append(path(_prefix, include(import_module(_module).__name__)))

# Refusals that Django itself raises, in our own words; no page tells that it exists (403 = 404).
handler400 = "chengzhi.web.shell.problems.bad_request"
handler403 = handler404 = "chengzhi.web.shell.problems.not_found"
handler500 = "chengzhi.web.shell.problems.failure"
