"""Taking the list of cases out, for a spreadsheet."""
