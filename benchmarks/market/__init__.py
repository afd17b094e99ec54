"""A labour market of plainly fictional people, the same for the same seed, whose truth is known.

Person *i* depends on the seed and *i* only: a smaller market is the beginning of a larger one, and any
range of it can be made by any process. ``world`` holds what is true of it (who grows, who lets people go
in which month, where leavers go, which skills are new), ``careers`` walks one working life through it,
and the rest writes those lives down as units take them.
"""
