"""Pages for people: pictures, search by image, the proof; over the same actions as the APIs.

Made on the server, every state a URL, and all of it works without JavaScript.
"""
