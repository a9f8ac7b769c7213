"""The time, as MongoDB keeps it."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment in UTC, in whole milliseconds: what is stored is what is read again."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def utc(moment: datetime) -> datetime:
    """A stored moment with its zone: a portal's own MongoDB connection may leave it out."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
