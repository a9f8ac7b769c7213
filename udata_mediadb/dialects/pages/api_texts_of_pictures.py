"""What the API says of pictures and addresses, and why one was not found; see `api_texts`."""

from .languages import marked

TEXTS: tuple[str, ...] = (
    marked("Not an image in a format that is read here: %(a)s."),
    marked("a PDF"),
    marked("a ZIP archive or an office document"),
    marked("a camera's raw file"),
    marked("a Photoshop document"),
    marked("save it as JPEG or PNG"),
    marked("save it as PNG"),
    marked("develop it and save it as JPEG"),
    marked("save its pages as pictures, or take the pictures out of it"),
    marked("send the pictures in it"),
    marked("send a frame of it"),
    marked("The image is empty (0 bytes)."),
    marked(
        "A %(a)s of %(b)sx%(c)s pixels takes %(d)s to decode; up to %(e)s are spent on one here."
    ),
    marked("The image has %(a)sx%(b)s pixels; up to %(c)s are accepted."),
    marked("The image has too many pixels; up to %(a)s are accepted."),
    marked("Too many large pictures are being decoded."),
    marked("AVIF is not read by the Pillow that is installed here."),
    marked("Damaged HEIC: it is of another size than it says."),
    marked("Damaged HEIC: its stream says no size."),
    marked("Damaged or truncated JPEG: the data end early, before its last scans."),
    marked("Damaged or truncated JPEG: the data end early."),
    marked("Damaged or truncated %(a)s: its header cannot be read."),
    marked("Damaged or truncated %(a)s: %(b)s."),
    marked("HEIC with a part of %(a)sx%(b)s pixels."),
    marked("HEIC with more than %(a)s parameter sets."),
    marked("HEIC with more than %(a)s streams."),
    marked("JPEG with more than %(a)s markers."),
    marked("JPEG with more than %(a)s scans."),
    marked("PNG with more than %(a)s compressed texts."),
    marked("Run-length coded BMP above %(a)s pixels: send it as PNG."),
    marked("The image has too many parts beside its pixels."),
    marked("Truncated PNG: its end is missing."),
    marked("The URL's host has no public address."),
    marked("Port %(a)s is not one that web servers use."),
    marked("The URL cannot be understood."),
    marked("The URL carries a user name or password; those are not sent."),
    marked("The URL did not answer in full within %(a)s s."),
    marked("The URL gives an empty body."),
    marked("The URL gives more than %(a)s bytes."),
    marked("The URL has %(a)s characters; up to %(b)s are taken."),
    marked("The URL has a space, a backslash or a control character in it."),
    marked("The URL redirects more than %(a)s times."),
    marked("The URL's host answered %(a)s without a Location."),
    marked("The URL's host answered %(a)s, not 200."),
    marked("The URL's host answered with a compressed body, which was not asked for."),
    marked("The URL's host broke off %(a)s bytes before the end."),
    marked("The URL's host could not be reached or broke off its answer."),
    marked("The URL's host has no valid certificate or speaks no TLS."),
    marked("The URL's host is missing or not a valid name."),
    marked("The URL's host is not a valid IPv6 address."),
    marked("The URL's host is not a valid name."),
    marked("The URL's host name could not be looked up in time."),
    marked("URLs of the schemes http and https are fetched, not %(a)s."),
    marked("Write an IPv4 address as four decimal numbers."),
    marked("The picture that was sent cannot be read: %(a)s"),
    marked("The application has not the signature match: its editors may add it."),
    marked("The media that is looked for is not described yet."),
    marked(
        "Its description is stored and its index entry lost: the portal's administrator "
        "mends that with `flask mediadb reindex`."
    ),
    marked(
        "The %(a)s has %(b)s keypoints; %(c)s are needed to find a part of it: flat "
        "pictures are found as wholes only; try similarity or colors."
    ),
    marked("query"),
    marked("media"),
    marked(
        "The index has it at %(a)s of %(b)s, and the first %(c)s are looked at, fewer where"
        " they score like strangers: name the part that is meant as `region`, narrow the "
        "search by keyword or collection, or ask for `thorough=always`."
    ),
    marked("place %(a)s"),
    marked("no place"),
    marked("It does not meet %(a)s: search without."),
    marked("It is in another application, %(a)s: search there."),
    marked("It is not published, or being stored or restored: you do not see it yet."),
    marked("The stored file cannot be read: %(a)s"),
    marked(
        "Its description is damaged: the portal's administrator mends that with `flask "
        "mediadb reindex`."
    ),
    marked("It is not described by match yet; that is done in the background: try again later."),
    marked(
        "The first look finds hardly anything in common: name the part that is meant as "
        "`region`, or send a picture with more detail."
    ),
    marked(
        "No two handfuls of points lie alike in both: they show different things, or too "
        "little of the same; try a `region` or a sharper picture."
    ),
    marked("Only %(a)s places lie alike in both; %(b)s are needed: try a `region`."),
    marked("Points agree, but hardly any of those that should be seen beside them: chance."),
    marked("All points that agree lie on one line, round which anything could be turned."),
    marked("Nothing agrees that could be counted."),
    marked(
        "As many points would agree by chance: a `region` around what both show has fewer "
        "others, and the same points then mean more."
    ),
    marked("There is no overlap to compare."),
    marked(
        "They share a logo, a band, a watermark or a frame, and differ otherwise: "
        "`include_shared` shows such pictures."
    ),
    marked("Nothing agrees that would have a box."),
    marked("The box would be bent as no photograph shows a flat picture."),
    marked("What agrees covers %(a)s; the limit is %(b)s: search again with a smaller `min_box`."),
    marked("This is %(a)s, which is not read here: %(b)s. Read are %(c)s."),
    marked("an SVG drawing"),
    marked("a web page (HTML)"),
    marked("send the picture itself, not the page that shows it"),
    marked("a video (MP4, MOV)"),
    marked("HEIC/HEIF, as telephones save it"),
)
