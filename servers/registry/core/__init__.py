"""The registry's rules: comparing cards, following units, finding skills."""
