"""Three notations of dates, slipped columns, repeats: all found and reported."""

from django.db import connection

from chengzhi.cases.models import Case
from chengzhi.pipeline.loading import load_file
from chengzhi.pipeline.models import ImportReject
from chengzhi.places.models import District
from tests.unit.pipeline.real_files import NOW, OTTAWA


def test_whole_file(boston: District, tmp_path_factory: object) -> None:
    out = tmp_path_factory.mktemp("ottawa") / "rejects.csv"  # type: ignore[attr-defined]
    done = load_file(OTTAWA, mapping="ottawa-2014", slug="boston", rejects=out, on=NOW, say=lambda *_: None)
    assert (done["read"], done["loaded"], done["rejected"]) == (127_188, 124_450, 2_738)
    assert set(ImportReject.objects.values_list("code", flat=True)) == {"repeat"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT f, count(*) FROM cases_case, unnest(flags) f GROUP BY f")
        flags = dict(cursor.fetchall())
    assert flags["slipped_column"] > 20_000
    assert flags["minute_only"] > 40_000
    first = Case.objects.order_by("reported_at").first()
    assert first is not None
    assert first.reported_at.year in (2013, 2014)
