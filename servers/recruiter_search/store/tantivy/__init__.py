"""Profiles in Tantivy, in process: a folder per tenant, and vectors beside it where there is a model."""
