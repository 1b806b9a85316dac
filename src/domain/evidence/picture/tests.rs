use proptest::prelude::*;

use super::*;

/// A made-up secret place, in every form metadata may have.
const PLACE: &[u8] = b"GPS 35.168 136.910 IMG-SECRET";

fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
    let length = u16::try_from(contents.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker], &length[..], contents].concat()
}

/// EXIF data with an orientation and a place.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = orientation::write(orientation);
    tiff.extend(PLACE);
    tiff
}

/// The smallest JPEG our rules know: tables, a frame of 8 x 8, a scan with a stuffed byte, a restart mark and a table
/// between two scans.
fn jpeg_of(middle: &[Vec<u8>], behind: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    for segment in middle {
        bytes.extend(segment);
    }
    bytes.extend(segment(0xC0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]));
    bytes.extend(segment(0xDA, &[1, 1, 0, 0, 63, 0]));
    bytes.extend([0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]);
    bytes.extend(segment(0xFE, PLACE));
    bytes.extend(segment(0xC4, &[0xFF, 0xD9, 0, 1]));
    bytes.extend(segment(0xDA, &[1, 1, 0, 0, 63, 0]));
    bytes.extend([0x78, 0xFF, 0xD9]);
    bytes.extend(behind);
    bytes
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn png_of(extra: &[([u8; 4], Vec<u8>)], behind: &[u8]) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], contents: &[u8]| {
        PngChunk::new(*kind, Bytes::copy_from_slice(contents)).encoder().bytes().to_vec()
    };
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    bytes.extend(chunk(b"IHDR", &[0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]));
    for (kind, contents) in extra {
        bytes.extend(chunk(kind, contents));
    }
    bytes.extend(chunk(b"IDAT", b"\x78\x9C\x03\x00\x00\x00\x00\x01"));
    bytes.extend(chunk(b"IEND", b""));
    bytes.extend(behind);
    bytes
}

fn webp_of(chunks: &[([u8; 4], Vec<u8>)], behind: &[u8]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, contents) in chunks {
        body.extend(kind);
        body.extend(u32::try_from(contents.len()).unwrap().to_le_bytes());
        body.extend(contents);
        body.extend(vec![0; contents.len() % 2]);
    }
    let size = u32::try_from(body.len()).unwrap().to_le_bytes();
    [b"RIFF", &size[..], &body, behind].concat()
}

fn vp8x(flags: u8) -> ([u8; 4], Vec<u8>) {
    (*b"VP8X", vec![flags, 0, 0, 0, 7, 0, 0, 7, 0, 0])
}

fn vp8() -> ([u8; 4], Vec<u8>) {
    (*b"VP8 ", vec![0x30, 0x01, 0x00, 0x9D, 0x01, 0x2A, 8, 0, 8, 0, 0, 0])
}

#[test]
fn a_jpeg_keeps_its_picture_and_its_orientation_only() {
    let metadata = [
        segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
        segment(0xE1, &[b"Exif\0\0", &exif(6)[..]].concat()),
        segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", PLACE].concat()),
        segment(0xE2, &[b"MPF\0", PLACE].concat()),
        segment(0xED, &[b"Photoshop 3.0\0", PLACE].concat()),
        segment(0xFE, PLACE),
    ];
    let bytes = jpeg_of(&metadata, b"PK\x03\x04<script>alert(1)</script>");
    let kept = clean(MediaType::Jpeg, &bytes).unwrap().bytes;
    assert!(!holds(&kept, PLACE) && !holds(&kept, b"<script>") && !holds(&kept, b"PK\x03\x04"));
    assert!(kept.ends_with(&[0x78, 0xFF, 0xD9]), "it ends where the picture ends");
    let again = Jpeg::from_bytes(Bytes::copy_from_slice(&kept)).unwrap();
    assert_eq!(again.exif().and_then(|exif| orientation::read(&exif)), Some(6));
    assert!(holds(&kept, b"JFIF\0"), "what shows its colours rightly stays");
    assert!(holds(&kept, &[0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56]), "the scan is untouched");
    assert!(holds(&kept, &segment(0xC4, &[0xFF, 0xD9, 0, 1])), "an end mark inside a table is no end");
    assert_eq!(clean(MediaType::Jpeg, &kept).unwrap().bytes, kept, "a second cleaning changes nothing");
}

#[test]
fn an_upright_jpeg_has_no_metadata_at_all() {
    let metadata = [segment(0xE1, &[b"Exif\0\0", &exif(1)[..]].concat())];
    let kept = clean(MediaType::Jpeg, &jpeg_of(&metadata, b"")).unwrap().bytes;
    assert!(!holds(&kept, b"Exif"));
}

#[test]
fn a_png_keeps_its_picture_and_its_orientation_only() {
    let extra = [
        (*b"eXIf", exif(8)),
        (*b"tEXt", PLACE.to_vec()),
        (*b"iTXt", PLACE.to_vec()),
        (*b"zTXt", PLACE.to_vec()),
        (*b"tIME", PLACE.to_vec()),
        (*b"prVt", PLACE.to_vec()),
    ];
    let kept = clean(MediaType::Png, &png_of(&extra, b"<html>behind")).unwrap().bytes;
    assert!(!holds(&kept, PLACE) && !holds(&kept, b"<html>"));
    let again = Png::from_bytes(Bytes::copy_from_slice(&kept)).unwrap();
    let kinds: Vec<_> = again.chunks().iter().map(PngChunk::kind).collect();
    assert_eq!(kinds, [*b"IHDR", *b"eXIf", *b"IDAT", *b"IEND"]);
    assert_eq!(orientation::read(again.chunk_by_type(*b"eXIf").unwrap().contents()), Some(8));
}

#[test]
fn a_webp_keeps_its_picture_and_its_orientation_only() {
    let chunks =
        [vp8x(0x0C), vp8(), (*b"EXIF", exif(3)), (*b"XMP ", PLACE.to_vec()), (*b"JUNK", PLACE.to_vec())];
    let kept = clean(MediaType::Webp, &webp_of(&chunks, b"<html>behind")).unwrap().bytes;
    assert!(!holds(&kept, PLACE) && !holds(&kept, b"<html>"));
    let again = WebP::from_bytes(Bytes::copy_from_slice(&kept)).unwrap();
    let header = again.chunk_by_id(webp::CHUNK_VP8X).unwrap().content().data().unwrap();
    assert_eq!(header[0], VP8X_EXIF, "the header tells of the orientation, and of XMP no more");
    let exif = again.chunk_by_id(webp::CHUNK_EXIF).unwrap().content().data().unwrap();
    assert_eq!(orientation::read(exif), Some(3));
    let plain = clean(MediaType::Webp, &webp_of(&[vp8()], b"")).unwrap().bytes;
    assert_eq!(plain, webp_of(&[vp8()], b""));
}

#[test]
fn what_is_not_what_it_says_is_refused() {
    let (jpeg, png, webp) = (jpeg_of(&[], b""), png_of(&[], b""), webp_of(&[vp8()], b""));
    for (declared, bytes) in [
        (MediaType::Jpeg, &png),
        (MediaType::Png, &webp),
        (MediaType::Webp, &jpeg),
        (MediaType::Jpeg, &b"<html><script>alert(1)</script></html>".to_vec()),
        (MediaType::Png, &b"%PDF-1.7".to_vec()),
        (MediaType::Jpeg, &b"GIF89a\x01\0\x01\0".to_vec()),
        (MediaType::Jpeg, &Vec::new()),
    ] {
        assert!(clean(declared, bytes).is_err(), "{declared}");
    }
    assert!(clean(MediaType::Png, &webp_of(&[(*b"ANIM", vec![0; 6]), vp8()], b"")).is_err());
    assert!(clean(MediaType::Webp, &webp_of(&[(*b"ANIM", vec![0; 6]), vp8()], b"")).is_err(), "it moves");
}

#[test]
fn a_picture_that_ends_in_the_middle_is_refused() {
    for (declared, whole) in [
        (MediaType::Jpeg, jpeg_of(&[], b"")),
        (MediaType::Png, png_of(&[], b"")),
        (MediaType::Webp, webp_of(&[vp8()], b"")),
    ] {
        assert!(clean(declared, &whole).is_ok(), "{declared}");
        for end in 0..whole.len() {
            assert!(clean(declared, &whole[..end]).is_err(), "{declared} cut at {end}");
        }
    }
}

#[test]
fn a_picture_too_large_to_unpack_is_refused() {
    let mut huge = jpeg_of(&[], b"");
    let at = huge.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    huge[at + 5..at + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert!(clean(MediaType::Jpeg, &huge).unwrap_err().to_string().contains("pixels"));
    // 400 MB in the browser that opens it, said in some ten bytes.
    let sized = |width: u32, height: u32, bytes: usize| {
        let mut png = Png::from_bytes(png_of(&[], b"").into()).unwrap();
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
        png.chunks_mut()[0] = PngChunk::new(*b"IHDR", header.into());
        png.chunks_mut()[1] = PngChunk::new(*b"IDAT", vec![7; bytes].into());
        clean(MediaType::Png, &png.encoder().bytes())
    };
    for (width, height, bytes) in
        [(10_000, 10_000, 100), (10_000, 6_400, 100), (1_000, 1_000, 500), (10_000, 10_000, 1_000_000)]
    {
        let refused = sized(width, height, bytes).unwrap_err();
        assert!(refused.to_string().contains("pixels"), "{width} x {height} in {bytes}: {refused}");
    }
    // A sheet of white paper by a good telephone.
    assert!(sized(8_000, 6_000, 60_000).is_ok());
}

proptest! {
    #[test]
    fn rubbish_in_the_middle_never_panics(seed in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..60) {
        for (declared, mut bytes) in [
            (MediaType::Jpeg, jpeg_of(&[], b"")),
            (MediaType::Png, png_of(&[], b"")),
            (MediaType::Webp, webp_of(&[vp8x(0), vp8()], b"")),
        ] {
            let at = at.min(bytes.len());
            bytes.splice(at..at, seed.iter().copied());
            drop(clean(declared, &bytes));
        }
    }
}
