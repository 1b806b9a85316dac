//! Small pictures for the tests, with everything a telephone hangs on them.

/// What must never be kept: where a picture was taken.
pub(crate) const TAKEN_AT: &str = "GPS 35.168 136.910 MARK-EXIF";

fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], contents].concat()
}

/// A JPEG of 8 x 8 with its place in EXIF, XMP and a comment, and a page behind its end; `shade` tells it from others.
pub(crate) fn jpeg(shade: u8) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    bytes.extend(segment(0xE1, format!("Exif\0\0MM\0\u{2A}{TAKEN_AT}").as_bytes()));
    bytes.extend(segment(0xE1, format!("http://ns.adobe.com/xap/1.0/\0{TAKEN_AT}").as_bytes()));
    bytes.extend(segment(0xFE, TAKEN_AT.as_bytes()));
    bytes.extend(segment(0xC0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]));
    bytes.extend(segment(0xDA, &[1, 1, 0, 0, 63, 0]));
    bytes.extend([shade & 0x7F, 0x34, 0xFF, 0xD9]);
    bytes.extend(b"<html><script>alert(1)</script></html>");
    bytes
}
