"""The OpenAPI document of the dialect: what LTU's guide says, as it is here."""
