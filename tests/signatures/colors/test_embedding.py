"""The table behind the vectors."""

import numpy as np

from udata_mediadb.recognition.colors.embedding import (
    DIMENSIONS,
    NODES,
    ORIGIN,
    STEP,
    embed,
    interpolation,
    table,
)
from udata_mediadb.recognition.colors.oklab import from_rgb

LEVELS = np.arange(0, 256, 15)
GAMUT = from_rgb(np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS), -1).reshape(-1, 3).astype(np.uint8))


def test_the_grid_holds_every_colour_of_srgb():
    assert (GAMUT >= ORIGIN).all()
    assert (ORIGIN + STEP * (np.array(NODES) - 1) >= GAMUT).all()


def test_a_colour_lies_where_its_nodes_say():
    nodes, shares = interpolation(GAMUT)
    places = np.stack(np.unravel_index(nodes, NODES), -1) * np.float32(STEP) + ORIGIN
    assert np.allclose((places * shares[..., None]).sum(axis=0), GAMUT, atol=1e-4)
    assert np.allclose(shares.sum(axis=0), 1, atol=1e-5)


def test_the_table_is_finite_and_of_the_size_of_the_grid():
    assert table().shape == (np.prod(NODES), DIMENSIONS)
    assert np.isfinite(table()).all()


def test_vectors_add_up_like_the_colours_of_a_picture():
    one, other = GAMUT[:5], GAMUT[-7:]
    both = embed(np.concatenate([one, other]), np.full(12, 1 / 12, np.float32))
    parts = embed(one, np.full(5, 1 / 12, np.float32)) + embed(
        other, np.full(7, 1 / 12, np.float32)
    )
    assert np.allclose(both, parts, atol=1e-5)


def test_no_colours_give_zeros():
    empty = embed(np.zeros((0, 3), np.float32), np.zeros(0, np.float32))
    assert empty.shape == (DIMENSIONS,)
    assert not empty.any()


def test_nearer_colours_have_nearer_vectors():
    colours = from_rgb(np.array([[200, 30, 30], [210, 40, 40], [220, 120, 40], [30, 60, 200]]))
    vectors = [embed(c[None], np.ones(1, np.float32)) for c in colours]
    apart = [float(np.linalg.norm(v - vectors[0])) for v in vectors]
    assert apart == sorted(apart)
