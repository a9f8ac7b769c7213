"""The LTU MediaDB dialect: the same media, collections and searches in the forms of that API.

A thin layer over the actions that the udata dialect uses as well; docs/reference/ltu-dialect.md
says line by line what it does with LTU's guide.
"""
