"""How well, how evenly and how steadily candidates are judged, on people whose truth is known."""
