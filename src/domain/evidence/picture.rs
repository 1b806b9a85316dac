//! A picture as it is kept: what it shows and which way is up. Where and with what it was taken, comments, thumbnails,
//! further pictures and whatever hangs behind its end are cut off, by a list of what may stay.

use img_parts::{
    Bytes, ImageEXIF as _,
    jpeg::{Jpeg, markers},
    png::{Png, PngChunk},
    riff::{RiffChunk, RiffContent},
    webp::{self, WebP},
};

use super::{BYTES_MAX, MediaType, orientation};
use crate::domain::refusal::Refusal;

/// Largest picture when it is unpacked, in pixels.
const PIXELS_MAX: u64 = 64_000_000;
/// Pixels that one byte of a picture may stand for: a photograph needs hundreds of times as many bytes. What says it is
/// larger is a trap for the memory of whoever opens it.
const PIXELS_OF_A_BYTE: u64 = 1_000;
/// A JFIF header without a thumbnail, in bytes.
const JFIF_BYTES: usize = 14;

/// A picture that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How it is written.
    pub media_type: MediaType,
    /// The bytes to keep.
    pub bytes: Vec<u8>,
}

/// Checks that the bytes are what they are declared to be, and cuts off what is not the picture.
pub fn clean(declared: MediaType, bytes: &[u8]) -> Result<Picture, Refusal> {
    let refuse = |message: String| Err(Refusal::field("body", message));
    if bytes.is_empty() {
        return refuse("is empty; send the bytes of the picture".to_owned());
    }
    if bytes.len() > BYTES_MAX {
        return refuse(format!("is {} bytes; {BYTES_MAX} at most", bytes.len()));
    }
    let found = infer::get(bytes).map_or("not a known picture", |kind| kind.mime_type());
    if found != declared.as_str() {
        return refuse(format!("is {found}, but is declared as {declared}"));
    }
    let given = Bytes::copy_from_slice(bytes);
    let (size, cut) = match declared {
        MediaType::Jpeg => jpeg(given),
        MediaType::Png => png(given),
        MediaType::Webp => webp(given),
    }
    .map_err(|reason| Refusal::field("body", format!("cannot be read as {declared}: {reason}")))?;
    let pixels = u64::from(size.0) * u64::from(size.1);
    if pixels > cut.len() as u64 * PIXELS_OF_A_BYTE {
        return refuse(format!(
            "is {} x {} pixels in {} bytes; that is no picture",
            size.0,
            size.1,
            cut.len()
        ));
    }
    if pixels > PIXELS_MAX {
        return refuse(format!("is {} x {} pixels; {PIXELS_MAX} at most", size.0, size.1));
    }
    Ok(Picture { media_type: declared, bytes: cut })
}

type Cut = Result<((u32, u32), Vec<u8>), String>;

fn damaged(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn jpeg(bytes: Bytes) -> Cut {
    let mut jpeg = Jpeg::from_bytes(bytes).map_err(damaged)?;
    let (width, height) = jpeg.dimensions().ok_or("it has no size")?;
    let turned = jpeg.exif().and_then(|exif| orientation::read(&exif));
    jpeg.segments_mut().retain(|segment| may_stay(segment.marker(), segment.contents()));
    if let Some(turned) = turned {
        jpeg.set_exif(Some(Bytes::from(orientation::write(turned))));
    }
    let (scan, before) =
        jpeg.segments().split_last().filter(|(scan, _)| scan.has_entropy()).ok_or("it shows nothing")?;
    let mut kept = vec![markers::P, markers::SOI];
    for segment in before {
        kept.extend_from_slice(&segment.clone().encoder().bytes());
    }
    kept.extend(scans(&scan.clone().encoder().bytes())?);
    Ok(((width.into(), height.into()), kept))
}

/// Whether a segment is needed to show the picture.
fn may_stay(marker: u8, contents: &[u8]) -> bool {
    match marker {
        markers::APP0 => contents.starts_with(b"JFIF\0") && contents.len() == JFIF_BYTES,
        markers::APP2 => contents.starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => contents.starts_with(b"Adobe"),
        // Tables, frames and scans; no other application's segment, no comment.
        _ => matches!(marker, 0xC0..=0xC7 | 0xC9..=0xCF | markers::SOS..=markers::DRI),
    }
}

/// From the first scan to the end of the picture, and no further; segments between scans under the same rule.
fn scans(bytes: &[u8]) -> Result<Vec<u8>, String> {
    const TRUNCATED: &str = "it ends in the middle";
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    loop {
        let next = bytes[at..].iter().position(|byte| *byte == markers::P).ok_or(TRUNCATED)? + at;
        kept.extend_from_slice(&bytes[at..next]);
        let marker = *bytes.get(next + 1).ok_or(TRUNCATED)?;
        match marker {
            markers::P => at = next + 1,
            // A data byte of value 255, or a restart mark.
            0x00 | 0x01 | 0xD0..=0xD7 => {
                kept.extend([markers::P, marker]);
                at = next + 2;
            }
            markers::EOI => {
                kept.extend([markers::P, markers::EOI]);
                return Ok(kept);
            }
            markers::SOI => return Err("another picture begins in it".to_owned()),
            _ => {
                let length = bytes.get(next + 2..next + 4).ok_or(TRUNCATED)?;
                let end = next + 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
                let segment = bytes.get(next..end).filter(|segment| segment.len() >= 4).ok_or(TRUNCATED)?;
                if may_stay(marker, &segment[4..]) {
                    kept.extend_from_slice(segment);
                }
                at = end;
            }
        }
    }
}

/// Chunks needed to show a still picture in its colours.
const PNG_STAY: [&[u8; 4]; 11] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs"];

fn png(bytes: Bytes) -> Cut {
    let mut png = Png::from_bytes(bytes).map_err(damaged)?;
    let size = png.dimensions().ok_or("it has no size")?;
    if png.chunks().last().is_none_or(|chunk| chunk.kind() != *b"IEND") {
        return Err("it ends in the middle".to_owned());
    }
    if png.chunk_by_type(*b"IDAT").is_none() {
        return Err("it shows nothing".to_owned());
    }
    let turned = png.chunk_by_type(*b"eXIf").and_then(|chunk| orientation::read(chunk.contents()));
    png.chunks_mut().retain(|chunk| PNG_STAY.contains(&&chunk.kind()));
    if let Some(turned) = turned {
        let exif = PngChunk::new(*b"eXIf", Bytes::from(orientation::write(turned)));
        png.chunks_mut().insert(1, exif);
    }
    Ok((size, png.encoder().bytes().to_vec()))
}

/// Chunks needed to show a still picture in its colours.
const WEBP_STAY: [[u8; 4]; 5] =
    [webp::CHUNK_VP8X, webp::CHUNK_ICCP, webp::CHUNK_ALPH, webp::CHUNK_VP8, webp::CHUNK_VP8L];
/// Marks in the header for EXIF data and for XMP data.
const VP8X_EXIF: u8 = 0x08;
const VP8X_XMP: u8 = 0x04;

fn webp(bytes: Bytes) -> Cut {
    let mut webp = WebP::from_bytes(bytes).map_err(damaged)?;
    if webp.has_chunk(webp::CHUNK_ANIM) || webp.has_chunk(webp::CHUNK_ANMF) {
        return Err("it moves; send a still picture".to_owned());
    }
    let size = webp.dimensions().ok_or("it has no size")?;
    if !webp.has_chunk(webp::CHUNK_VP8) && !webp.has_chunk(webp::CHUNK_VP8L) {
        return Err("it shows nothing".to_owned());
    }
    let exif = webp.chunk_by_id(webp::CHUNK_EXIF).and_then(|chunk| chunk.content().data()).cloned();
    let exif = exif.as_deref().map(|data| data.strip_prefix(b"Exif\0\0").unwrap_or(data));
    let turned = exif.and_then(orientation::read);
    webp.chunks_mut().retain(|chunk| WEBP_STAY.contains(&chunk.id()));
    let extended = webp.chunks_mut().iter_mut().find(|chunk| chunk.id() == webp::CHUNK_VP8X);
    if let Some(chunk) = extended {
        let mut header = chunk.content().data().map(|data| data.to_vec()).unwrap_or_default();
        let flags = header.first_mut().ok_or("its header is empty")?;
        *flags &= !(VP8X_XMP | VP8X_EXIF);
        if turned.is_some() {
            *flags |= VP8X_EXIF;
        }
        *chunk = RiffChunk::new(webp::CHUNK_VP8X, RiffContent::Data(Bytes::from(header)));
        if let Some(turned) = turned {
            let exif = RiffContent::Data(Bytes::from(orientation::write(turned)));
            webp.chunks_mut().push(RiffChunk::new(webp::CHUNK_EXIF, exif));
        }
    }
    Ok((size, webp.encoder().bytes().to_vec()))
}

#[cfg(test)]
mod tests;
