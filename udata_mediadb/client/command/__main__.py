"""`python -m udata_mediadb.client.command`: the same as `mediadb`."""

from .entry import main

if __name__ == "__main__":
    main()
