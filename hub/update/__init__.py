"""Updates over the air, the hub's half: trees are built, signed, put on the shelf, fetched from there by devices."""
