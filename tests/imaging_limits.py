"""Pictures in every format, and the most pixels that tests of them allow."""

from PIL import Image, features

from tests import images

MAX_PIXELS = 50_000_000

SAMPLES = {
    "JPEG": images.jpeg(1, 160, 120),
    "progressive JPEG": images.encoded(images.photo(1, 160, 120), "JPEG", progressive=True),
    "CMYK JPEG": images.encoded(Image.fromarray(images.photo(1, 60, 40)).convert("CMYK"), "JPEG"),
    "PNG": images.encoded(images.photo(1, 60, 40), "PNG"),
    "16-bit PNG": images.encoded(Image.new("I;16", (60, 40), 999), "PNG"),
    "palette PNG": images.encoded(Image.fromarray(images.photo(1, 60, 40)).convert("P"), "PNG"),
    "GIF": images.encoded(images.photo(1, 60, 40), "GIF"),
    "WEBP": images.encoded(images.photo(1, 60, 40), "WEBP"),
    "lossless WEBP": images.encoded(images.photo(1, 60, 40), "WEBP", lossless=True),
    "animated WEBP": images.encoded(
        images.photo(1, 60, 40),
        "WEBP",
        save_all=True,
        append_images=[Image.fromarray(images.photo(2, 60, 40))],
        exif=images.exif(6),
    ),
    "BMP": images.encoded(images.photo(1, 60, 40), "BMP"),
    "TIFF": images.encoded(images.photo(1, 60, 40), "TIFF"),
    "LZW TIFF": images.encoded(images.photo(1, 60, 40), "TIFF", compression="tiff_lzw"),
    "JPEG TIFF": images.encoded(images.photo(1, 60, 40), "TIFF", compression="jpeg"),
    "float TIFF": images.encoded(Image.new("F", (60, 40), 0.5), "TIFF"),
}
if "avif" in features.modules:
    SAMPLES["AVIF"] = images.encoded(images.photo(1, 60, 40), "AVIF")
