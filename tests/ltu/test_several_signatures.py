"""What similarity and colors find, in the frame that LTU's clients know."""

from ..images import encoded, jpeg, photo
from ..portal import Portal
from .conftest import new_ltu_tenant

ALL = ["match", "similarity", "colors"]
CODES = {"match": "72004001", "similarity": "101001000", "colors": "102001000"}


def test_an_application_names_its_signatures_by_version_and_by_name(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal, signatures=ALL)
    (shown,) = tenant.ltu.get_applications()

    assert shown["signatures"] == ["72.4.1", "101.1.0", "102.1.0"]
    assert shown["signature_names"] == ALL


def test_each_signature_has_its_frame_under_its_code(portal: Portal) -> None:
    tenant = new_ltu_tenant(portal, signatures=ALL)
    identifier = tenant.ltu.add_picture(jpeg(3), name="donut")
    hit = tenant.ltu.search(encoded(photo(3)))[0]

    assert hit["id"] == identifier
    assert hit["details"]["best_index"] == hit["details"]["best_signature"] == CODES["match"]
    for name, category in (("similarity", "SIMILARITY"), ("colors", "COLORS")):
        one = hit["details"][CODES[name]]
        info = one["info"]
        assert (one["message"], one["code"], info["category"]) == ("succeed", 0.0, category)
        assert info["decision"] == "Similar"
        assert one["score"] == info["distance"] < 0.1
        assert info["reference"]["originalDimensions"] == [640.0, 480.0]
        assert "homography" not in info
