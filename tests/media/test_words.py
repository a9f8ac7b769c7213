"""`q` as visitors type it, `sort=name` as they sort, keywords that are one: in several scripts."""

import pytest

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal

# What is typed, and the name that it must find, alone.
TYPED = [
    ("fenetre", "Fenêtre sur cour"),
    ("FENÊTRE", "Fenêtre sur cour"),
    ("fen\u0065\u0302tre", "Fenêtre sur cour"),
    ("oeil", "Œil de bœuf"),
    ("boeuf", "Œil de bœuf"),
    ("bœuf", "Œil de bœuf"),
    ("schloss", "Schloß Weißenstein"),
    ("weissenstein", "Schloß Weißenstein"),
    ("WEISSENSTEIN", "Schloß Weißenstein"),
    ("koln", "Köln am Rhein"),
    ("koeln", "Köln am Rhein"),
    ("köln", "Köln am Rhein"),
    ("göttingen", "Goettingen, Markt"),
    ("gottingen", "Göttingen"),
    ("aarhus", "Århus havn"),
    ("arhus", "Århus havn"),
    ("lodz", "Łódź, ulica"),
    ("orsted", "Ørsted"),
    ("reykjavik", "Þjóðhátíð í Reykjavík"),
    ("thjodhatid", "Þjóðhátíð í Reykjavík"),
    ("ha noi", "Hà Nội"),
    ("dong", "Đông Hồ"),
    ("izmir", "İzmir körfezi"),
    ("ισχυς", "Ἰσχύς"),
    ("ΙΣΧΥΣ", "Ἰσχύς"),
    ("елка", "Ёлка"),
    ("ёлка", "Ёлка"),
    ("שלום", "שָׁלוֹם"),
    ("مدرسه", "المَدْرَسة"),
    ("المدرسة", "المَدْرَسة"),
    ("富士", "冬の富士山と湖"),
    ("富士山", "冬の富士山と湖"),
    ("湖", "冬の富士山と湖"),
    ("冬の富士山と湖", "冬の富士山と湖"),
    ("カメラ", "古いカメラの店"),
    ("長城", "万里長城秋景"),
    ("秋", "万里長城秋景"),
    ("วัด", "ภาพวัดเก่า"),
    ("서울", "서울의 밤"),
    ("ｎｉｋｏｎ", "Nikon F3"),
    ("nikon f3", "Nikon F3"),
    ("l'hiver", "L’hiver à la ferme"),
    ("hiver", "L’hiver à la ferme"),
    ("saint-malo", "Saint-Malo, rempart"),
    ("saint malo", "Saint-Malo, rempart"),
    ("\u200bsaint\u00ad malo", "Saint-Malo, rempart"),
    ("n°7", "Plan n°7-C"),
    ("7-c", "Plan n°7-C"),
]
NOT_FOUND = ["富湖", "山富", "ferme hiver x", "城長", "enetre"]


@pytest.fixture(scope="module")
def written(portal: Portal) -> Tenant:
    """A tenant with a picture for each name."""
    tenant = new_tenant(portal)
    for name in dict.fromkeys(name for _, name in TYPED):
        tenant.client.add(tenant.application, jpeg(1, 32, 32), name=name)
    return tenant


def names(tenant: Tenant, **arguments: str) -> list[str]:
    asked = {"application": tenant.application, "page_size": "100", **arguments}
    return [one["name"] for one in tenant.client.get("media/", params=asked).json()["data"]]


@pytest.mark.parametrize(("typed", "name"), TYPED)
def test_a_name_is_found_as_it_is_typed(written: Tenant, typed: str, name: str) -> None:
    assert name in names(written, q=typed)
    assert len(names(written, q=typed)) <= 2  # Göttingen and Goettingen are one city


@pytest.mark.parametrize("typed", NOT_FOUND)
def test_what_is_not_there_is_not_found(written: Tenant, typed: str) -> None:
    assert names(written, q=typed) == []


def test_names_are_sorted_as_people_sort_them(tenant: Tenant) -> None:
    wanted = ["9 quais", "10 quais", "abri", "Âge", "Île", "ilot", "Œuf", "ohm", "Zèbre"]
    for name in reversed(wanted):
        tenant.client.add(tenant.application, jpeg(1, 32, 32), name=name)

    assert names(tenant, sort="name") == wanted
    assert names(tenant, sort="-name") == wanted[::-1]
    assert names(tenant, sort="title") == wanted


def test_keywords_that_differ_in_case_alone_are_one(tenant: Tenant) -> None:
    sent = '["Pont", "pont", "PONT", "p\\u00f4nt", " pont ", ""]'
    media = tenant.client.add(tenant.application, jpeg(1, 32, 32), keywords=sent)
    assert media["keywords"] == ["Pont", "pônt"]

    changed = tenant.client.put(f"media/{media['id']}/", json={"keywords": ["arc", "Arc", "b"]})
    assert changed.json()["keywords"] == ["arc", "b"]
    assert len(names(tenant, tag="ARC")) == 1
