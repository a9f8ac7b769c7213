"""Collections: media listed by hand, and smart ones that a query fills."""
