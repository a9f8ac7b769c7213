"""What the API says where people meet it on pages, marked for the catalogues.

Word for word as it is said there, what changes in it as `%(a)s`, `%(b)s`; `told` finds them again.
"""

from .languages import marked

TEXTS: tuple[str, ...] = (
    # imports
    marked("it is there"),
    marked("no picture"),
    marked("left by an operating system"),
    marked("a link, no file"),
    marked("encrypted"),
    marked("damaged"),
    marked("damaged, encrypted or packed in an unknown way"),
    marked("a ZIP within a ZIP: send it by itself"),
    marked("a table; the only one at the top of a ZIP is read"),
    marked("names no file, no url and no media of this application"),
    marked("names a file, and came without a ZIP"),
    marked("the ZIP has no file %(a)s"),
    marked("over the limit of %(a)s bytes"),
    marked("at most %(a)s files in one ZIP"),
    marked("the files in this ZIP overlap"),
    marked("this ZIP unpacks to more than %(a)s times its size"),
    marked("this is no ZIP that can be read"),
    marked("the file is empty"),
    marked("%(a)s of %(b)s bytes are there"),
    marked("The dry run has not ended."),
    marked("What was to be imported is not there any more."),
    marked("The application is not there any more."),
    marked("at most %(a)s rows in one table"),
    marked("the table is in no encoding that is known: use UTF-8"),
    marked("the first line of the table names its columns, each once"),
    marked("line %(a)s has not as many cells as the first one"),
    marked("a table or feed has at most %(a)s bytes"),
    marked("this is no feed: %(a)s"),
    marked("this is no Atom, RSS or DCAT"),
    marked("the entry has no picture"),
    marked("XML with a document type is not read"),
    marked("An upload has at most %(a)s bytes."),
    marked("This upload is at offset %(a)s."),
    marked("Another request has sent this part."),
)
