"""Which tables and columns an object is made of, as it is configured."""
