"""udata as the host. Nothing outside of this folder imports udata, and nothing of it is needed
where udata is not installed."""
