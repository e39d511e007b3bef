"""What goes to paper: reports as plain values, and the accessible PDF made of them."""
