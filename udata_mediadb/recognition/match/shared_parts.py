"""Whether two pictures only share something, and are not copies: a logo, a frame, a kind of board.

Every threshold: docs/explanation/match.md, "Shared parts" and "Recurrence".
"""

from .agreement import Agreement, is_drawn
from .alignment import Alignment
from .description import MatchDescription
from .shared_print import is_shared_print, is_shared_strip

# What is only printed on both: docs/explanation/match.md, "Shared parts"
SHARED_AGREEMENT = 0.30
SHARED_AREA = 0.12
# Of drawn pictures (pages, charts, codes) letters, axes and marks recur: more of them must agree
DRAWN_AGREEMENT = 0.62
DRAWN_GUIDED = 0.75
AXES_IN_PLACE = 0.95  # below it the same labels stand elsewhere too: of a chart, hardly of a copy
AXES_AGREEMENT = 0.78
AXES_GUIDED = 0.80
FRAME_AGREEMENT = 0.80
FRAME_GUIDED = 0.40
FRAME_DIFFERENCE = 0.15
SIGN_AREA = 0.03  # of both pictures: one sign of many, on a board say
SIGN_GUIDED = 0.40
SIGN_AGREEMENT = 0.80
SIGN_NFA = 42.0
FIELD_AREA = 0.30  # a few fields of a board, found again elsewhere on another one
FIELD_AGREEMENT = 0.90
FIELD_NFA = 42.0
FIELD_NFA_ALIKE = 30.0  # though they agree in all
PATCH_AREA = 0.10
PATCH_AGREEMENT = 0.93
PATCH_GUIDED = 0.75
# What a watermark or a caption is laid over keeps what it showed; a frame shows other things
OVERLAID = ((0.85, 0.70), (0.62, 0.85))  # kept, and share of the clear matches in place
OVERLAID_MORE = 0.20  # kept than of all that has texture in either
OVERLAID_AREA = 0.30  # a quarter of a flag is another flag
OVERLAID_OVERLAP = 0.70
# A sticker or stripes hide a part of a drawn picture; of two charts more lies elsewhere
HIDDEN_AGREEMENT = 0.50
HIDDEN_GUIDED = 0.50
HIDDEN_IN_PLACE = 0.97
HIDDEN_CLEAR = 100
SPARSE_NFA = 30.0
SPARSE_GUIDED = 0.30

# A board, a form, a table: its parts recur in other places of another one. The more of the rest
# agrees, the fewer of them need to lie in their place.
CLEAR = 15
IN_PLACE_DRAWN = ((0.98, 0.50), (0.95, 0.66), (0.0, 0.70))  # from this agreement on
IN_PLACE = ((0.70, 0.50), (0.0, 0.62))
IN_PLACE_GUIDED = 0.45  # cloth repeats itself, and shows nearly all that is predicted
GUIDED_THROUGHOUT = 0.70
MANY_CLEAR = 150  # a copy as good as that has more in place
IN_PLACE_OF_MANY = 0.75
THE_SAME = 0.99  # agreement


def is_shared_part(
    alignment: Alignment, agreed: Agreement, query: MatchDescription, reference: MatchDescription
) -> bool:
    """Whether both show the same logo, band, watermark, frame or axes, and differ otherwise."""
    if agreed.share < SHARED_AGREEMENT and alignment.areas[0] < SHARED_AREA:
        return True
    if is_shared_strip(alignment, agreed, query):
        return True
    drawn = is_drawn(reference)
    if _recurs_elsewhere(alignment, agreed, drawn):
        return True
    if not drawn:
        sign = _is_sign(alignment) and agreed.share < SIGN_AGREEMENT and alignment.nfa < SIGN_NFA
        return sign or is_shared_print(alignment, agreed, query, reference)
    if _is_overlaid(alignment, agreed):
        return False
    guided = alignment.guided_ratio
    frame = agreed.share < FRAME_AGREEMENT and guided < FRAME_GUIDED
    sparse = alignment.nfa < SPARSE_NFA and guided < SPARSE_GUIDED
    return (
        _has_the_same_axes(alignment, agreed)
        or sparse
        or (frame and agreed.differing > FRAME_DIFFERENCE)
        or _is_sign(alignment)
        or _is_field(alignment, agreed)
    )


def _is_overlaid(alignment: Alignment, agreed: Agreement) -> bool:
    """Whether one is the other with something laid over what was flat in it."""
    if alignment.areas[0] < OVERLAID_AREA or agreed.overlap < OVERLAID_OVERLAP:
        return False
    if agreed.kept < agreed.share + OVERLAID_MORE:
        return False
    return any(agreed.kept >= kept and alignment.in_place >= place for kept, place in OVERLAID)


def _has_the_same_axes(alignment: Alignment, agreed: Agreement) -> bool:
    """Whether labels and lines are all that agrees."""
    if alignment.in_place < AXES_IN_PLACE:
        return agreed.share < AXES_AGREEMENT and alignment.guided_ratio < AXES_GUIDED
    few = agreed.share < DRAWN_AGREEMENT and alignment.guided_ratio < DRAWN_GUIDED
    return few and not _is_kept(alignment, agreed)


def _is_kept(alignment: Alignment, agreed: Agreement) -> bool:
    """Whether one is the other with a part of it hidden: the rest is there, and in its place."""
    return (
        agreed.share >= HIDDEN_AGREEMENT
        and alignment.guided_ratio >= HIDDEN_GUIDED
        and alignment.in_place >= HIDDEN_IN_PLACE
        and alignment.clear >= HIDDEN_CLEAR
    )


def _is_sign(alignment: Alignment) -> bool:
    return max(alignment.areas) < SIGN_AREA and alignment.guided_ratio < SIGN_GUIDED


def _is_field(alignment: Alignment, agreed: Agreement) -> bool:
    """Whether a small part of both is all that they share."""
    area, alike = max(alignment.areas), agreed.share
    if area < PATCH_AREA and alike < PATCH_AGREEMENT and alignment.guided_ratio < PATCH_GUIDED:
        return True
    most = FIELD_NFA if alike < FIELD_AGREEMENT else FIELD_NFA_ALIKE
    return area < FIELD_AREA and alignment.nfa < most


def _recurs_elsewhere(alignment: Alignment, agreed: Agreement, drawn: bool) -> bool:
    """Whether what both show lies in other places too: they are of one kind, not the same."""
    steps = IN_PLACE_DRAWN if drawn else IN_PLACE
    least = next(share for agreement, share in steps if agreed.share >= agreement)
    if not drawn and alignment.guided_ratio >= GUIDED_THROUGHOUT:
        least = min(least, IN_PLACE_GUIDED)
    if drawn and alignment.clear >= MANY_CLEAR and agreed.share < THE_SAME:
        least = IN_PLACE_OF_MANY
    return alignment.clear >= CLEAR and alignment.in_place < least
