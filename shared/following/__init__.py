"""Following another unit's records: pull what changed, derive, keep, remember how far; woken by events."""
