"""Signatures as LTU names them: by version, and by a code made of it.

LTU documents those of its matching signature only. Those of the others are ours, in the same form;
what a signature is at heart stands beside them, as `category` and `signature_names`.
"""

from collections.abc import Mapping

from ...recognition.signature import Decision

VERSIONS: Mapping[str, str] = {
    "match": "72.4.1",  # LTU guide, "signatures"
    "similarity": "101.1.0",
    "colors": "102.1.0",
    "blend": "103.1.0",
}


# In the manner of LTU's for matching, which are in `signatures.details`
DECISIONS: Mapping[Decision, str] = {
    "similar": "Similar",
    "rejected_distance": "Rejection due to distance",
}


def version_of(name: str) -> str:
    """The version in LTU's form; a portal's own signature has its name."""
    return VERSIONS.get(name, name)


def ltu_code(name: str) -> str:
    """The code of a signature: 72.4.1 is 72004001."""
    if name not in VERSIONS:
        return name
    major, minor, patch = (int(part) for part in VERSIONS[name].split("."))
    return str(major * 1_000_000 + minor * 1_000 + patch)
