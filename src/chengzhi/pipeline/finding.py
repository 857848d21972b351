"""Which mappings there are: shipped with the district's pack, or made with the wizard."""

from pathlib import Path

from django.utils.translation import gettext as _

from chengzhi.pipeline.mappings import Body, NoSuchMapping, load, parse
from chengzhi.pipeline.models import Mapping
from chengzhi.places.models import District
from chengzhi.places.packfile import packs_dir


def shipped(district: District) -> dict[str, Path]:
    """Mapping files by name: the program's own, then those of the district's pack."""
    folders = (Path(__file__).parent / "shipped", packs_dir() / district.slug / "mappings")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


def names(district: District) -> list[str]:
    """All names that can be given, own ones first."""
    own = (
        Mapping.objects.filter(district=district, kind="reports")
        .order_by("name")
        .values_list("name", flat=True)
    )
    return list(dict.fromkeys([*own, *shipped(district)]))


def find(district: District, name: str) -> Body:
    """The mapping of a name, or of a file's path; raises :class:`NoSuchMapping`."""
    own = Mapping.objects.filter(district=district, kind="reports", name=name).order_by("-pk").first()
    if own:
        return parse(own.body, name)
    path = shipped(district).get(name) or Path(name)
    if path.suffix in (".yaml", ".yml") and path.exists():
        return load(path)
    raise NoSuchMapping(
        _("There is no mapping “%(name)s” for %(district)s.") % {"name": name, "district": district.slug},
        _("Known are: %(names)s.") % {"names": ", ".join(names(district)) or "–"},
        _("Name one of them, or give the path of a mapping file."),
    )
