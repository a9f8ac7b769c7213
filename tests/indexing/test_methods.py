"""What the index of a signature finds with the vectors of that signature."""

from tests.contracts.pictures import picture
from tests.signatures.colors.drawn import BLUE, GREEN, RED, SAND, disc, photo, stripes
from udata_mediadb.recognition.colors import read_palette
from udata_mediadb.recognition.registry import new_registry

WHITE = (255, 255, 255)


def test_palette_finds_a_picture_by_all_its_colours_and_by_those_before_its_background():
    colors = new_registry()["colors"]
    pixels = [disc(RED, WHITE), stripes(RED, BLUE), stripes(WHITE, SAND), stripes(BLUE, GREEN)]
    stored = [colors.signature.describe(picture(one)) for one in [*pixels, photo(1)]]
    index = colors.new_index()
    index.add(range(len(stored)), stored)

    share = 1 - stored[0].background_share
    whole = [{"color": "#c81e28", "weight": share}, {"color": "white", "weight": 1 - share}]
    for palette in (whole, ["#c81e28"]):
        found = index.shortlist(read_palette(palette), 3)
        assert found[0][0] == 0
        assert found[0][1] > -0.15  # its hole is white too, and no background
        assert len({id_ for id_, _ in found}) == 3
