"""Why a picture is not found: each stage of a search with its figure, and what would help."""
