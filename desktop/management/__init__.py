"""Looking after the casebook itself."""
