"""A second reading of the access rule, from its text alone. Nothing here imports the product."""
