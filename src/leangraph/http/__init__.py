"""One request to Graph and its answer."""
