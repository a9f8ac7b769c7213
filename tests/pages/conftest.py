"""Two libraries, and who looks at them."""

import pytest

from ..auth.local import tenant_with_password
from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal
from .browser import HOSTILE, Browser


@pytest.fixture(scope="module")
def public(portal: Portal) -> Tenant:
    """A public library with three pictures, and one of a hostile name."""
    tenant = new_tenant(portal, public=True, signatures=["match", "colors"])
    for seed in (70, 71, 72):
        tenant.client.add(
            tenant.application, jpeg(seed), name=f"picture {seed}", keywords="bridge, old"
        )
    tenant.client.add(tenant.application, jpeg(73), name=HOSTILE, keywords=HOSTILE)
    return tenant


@pytest.fixture(scope="module")
def private(portal: Portal) -> Tenant:
    """A library that its owner alone may see."""
    tenant = tenant_with_password(portal)
    tenant.client.add(tenant.application, jpeg(80), name="a secret")
    return tenant


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return Browser(portal)
