"""Objects of udata, made without its factories, which belong to its own tests."""

from io import BytesIO
from typing import Any

from udata.core.dataset.models import Dataset
from udata.core.organization.models import Organization
from udata.core.reuse.models import Reuse
from udata.core.user.models import User
from werkzeug.datastructures import FileStorage

from ..hosts import Account


def dataset(title: str, owner: Account, **values: Any) -> Any:
    """A dataset of this user."""
    user = User.objects.get(id=owner.id)
    return Dataset(title=title, description="-", owner=user, **values).save()


def reuse(title: str, owner: Account, image: bytes | None = None, **values: Any) -> Any:
    """A reuse of this user, with a picture where one is given."""
    user = User.objects.get(id=owner.id)
    made = Reuse(
        title=title,
        description="-",
        type="visualization",
        topic="others",
        url=f"https://example.org/{title}",
        owner=user,
        **values,
    )
    if image is not None:
        made.image.save(picture(image))
    return made.save()


def logo(organization: str, image: bytes) -> Any:
    """The organisation, with this logo."""
    found = Organization.objects.get(id=organization)
    found.logo.save(picture(image, "logo.png"))
    return found.save()


def picture(image: bytes, name: str = "picture.jpg") -> FileStorage:
    """A file as a form sends it."""
    return FileStorage(BytesIO(image), name)
