"""Python's garbage collector, set for processes that read many documents."""

import gc


def spare_collector() -> None:
    """Leave what is loaded by now out of collections from here on, and collect seldom.

    A batch of documents makes a hundred thousand objects and no cycles: the default thresholds would have
    the whole heap scanned again and again meanwhile, which took a quarter of an import's time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
