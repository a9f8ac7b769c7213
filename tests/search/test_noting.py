"""What an upload says of what is there already."""

from PIL import Image

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal


def test_an_upload_names_what_shows_the_same_best(portal: Portal) -> None:
    tenant = new_tenant(portal, options={"default": {"similar_to": True}})
    first = tenant.client.add(tenant.application, jpeg(1))
    other = tenant.client.add(tenant.application, jpeg(2))
    small = Image.fromarray(photo(1)).resize((400, 300))
    again = tenant.client.add(tenant.application, encoded(small, "JPEG", quality=70))

    assert (first["similar_to"], other["similar_to"]) == (None, None)
    assert again["similar_to"] == first["id"]
    assert tenant.client.get(f"media/{again['id']}/").json()["similar_to"] == first["id"]


def test_nothing_is_looked_for_where_nobody_asked(tenant: Tenant) -> None:
    tenant.client.add(tenant.application, jpeg(1))

    assert tenant.client.add(tenant.application, jpeg(1))["similar_to"] is None
