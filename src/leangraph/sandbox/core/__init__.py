"""What all families of endpoints share: objects, their relations, and the protocols."""
