"""A talent pool of plainly fictional people, the same for the same seed, to try Hiremesh on."""

from supervisor.sample_pool.generate import generate_pool

__all__ = ["generate_pool"]
