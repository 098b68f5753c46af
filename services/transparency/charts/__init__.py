"""Charts as accessible SVG, each beside the table it is made from."""
