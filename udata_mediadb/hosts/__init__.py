"""The portals that this package can live in, behind one seam."""
