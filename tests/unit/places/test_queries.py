"""Map layers: GeoJSON, cached, with validators that change with the pack."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengzhi.places import index, queries
from chengzhi.places.models import District

pytestmark = pytest.mark.django_db


def features(body: bytes) -> list[dict[str, Any]]:
    found = json.loads(body)
    assert found["type"] == "FeatureCollection"
    return list(found["features"])


def test_layers_hold_what_the_pack_holds(sample: District) -> None:
    (outline,) = features(queries.outline(sample.pk))
    assert outline["properties"] == {
        "name": "示例区", "name_en": "Sample District", "schematic": True, "origin": "generated",
    }  # fmt: skip
    assert len(features(queries.areas(sample.pk, "street"))) == 11
    assert len(features(queries.areas(sample.pk, "community"))) == 60
    assert len(features(queries.cells(sample.pk))) == sample.cells.count()
    assert len(features(queries.streets(sample.pk))) == 96
    assert len(features(queries.landmarks(sample.pk))) == 20


def test_every_generated_shape_says_so(sample: District) -> None:
    for body in (queries.areas(sample.pk, "street"), queries.cells(sample.pk)):
        assert {feature["properties"]["origin"] for feature in features(body)} == {"generated"}


def test_a_box_gives_the_cells_that_touch_it_and_not_all(sample: District) -> None:
    box = (108.899, 20.799, 108.901, 20.801)
    some = features(queries.cells(sample.pk, box))
    assert 1 <= len(some) < sample.cells.count() / 20
    everything = features(queries.cells(sample.pk))
    touching = {
        f["id"] for f in everything
        if any(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in f["geometry"]["coordinates"][0])
    }  # fmt: skip
    assert touching
    assert touching <= {f["id"] for f in some}


def test_a_second_answer_comes_from_memory(sample: District) -> None:
    first = queries.cells(sample.pk)
    with CaptureQueriesContext(connection) as asked:
        assert queries.cells(sample.pk) is first
    assert len(asked) <= 1  # at most the look at the version


def test_validators_follow_version_and_question(sample: District) -> None:
    one = queries.etag(sample.pk, "areas", "street")
    assert one.startswith('"')
    assert one != queries.etag(sample.pk, "areas", "community")
    District.objects.filter(pk=sample.pk).update(pack_version="9-abc")
    index.forget()
    assert queries.etag(sample.pk, "areas", "street") != one
    index.forget()


def test_liunan_lists_areas_without_shape(liunan: District) -> None:
    rows = features(queries.areas(liunan.pk, "community"))
    assert len(rows) == 98
    assert all(row["geometry"] is None for row in rows)
    assert features(queries.outline(liunan.pk)) == []
    assert features(queries.cells(liunan.pk, (109.0, 24.0, 110.0, 25.0))) == []
