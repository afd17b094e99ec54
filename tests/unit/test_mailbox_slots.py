"""How many messages may start, by lane, and how the background makes room for people."""

from collections import Counter

from shared.mailbox import Lane, People, Slots


def test_slots_of_urgent_lanes_are_kept_from_less_urgent_ones() -> None:
    slots = Slots(interactive=1, normal=2, background=3)
    assert slots.caps(Counter()) == [6, 5, 3]
    assert slots.caps(Counter({Lane.BACKGROUND: 3, Lane.NORMAL: 1})) == [2, 1, 0]


def test_the_background_has_one_slot_while_people_are_present() -> None:
    slots = Slots(interactive=1, normal=2, background=3)
    assert slots.caps(Counter(), people=True) == [6, 5, 1]
    assert slots.caps(Counter({Lane.BACKGROUND: 2}), people=True) == [4, 3, -1]


def test_people_stay_for_a_while_after_their_last_word() -> None:
    now = 100.0
    people = People(stay=1.0, clock=lambda: now)
    assert not people.present
    people.heard()
    now += 0.9
    assert people.present
    now += 0.2
    assert not people.present
