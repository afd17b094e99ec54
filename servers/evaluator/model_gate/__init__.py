"""The gate of the judge model: whether a version may serve, by its held-out cases and by what benchmarks say."""
