"""Generated pictures with exact masks, one module a data set."""
