"""Rules by picture: what shows this, looks like it, or has these colours. For smart collections and
watches, which ask each new media against them."""
