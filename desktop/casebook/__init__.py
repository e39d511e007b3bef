"""The casebook on the screen: the list of cases, and one case."""
