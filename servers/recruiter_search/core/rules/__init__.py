"""How filters become conditions, and how hits show that they satisfy them."""
