"""One file per page: what it asks, what it shows, what people can do there."""
