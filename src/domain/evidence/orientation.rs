//! The one thing of a picture's metadata that stays: which way is up.

/// Tag of the orientation in the first directory of TIFF data.
const ORIENTATION: u16 = 0x0112;
/// A 16-bit whole number.
const SHORT: u16 = 3;
/// Entries of a directory that are looked at.
const ENTRIES_MAX: u16 = 512;

/// The orientation in TIFF data as EXIF has it: 2 to 8; nothing where it is upright or unreadable.
pub(super) fn read(tiff: &[u8]) -> Option<u8> {
    let big = match tiff.get(..4)? {
        b"MM\0\x2A" => true,
        b"II\x2A\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let offset: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let offset = if big { u32::from_be_bytes(offset) } else { u32::from_le_bytes(offset) };
    let directory = usize::try_from(offset).ok()?;
    let entries = short(directory)?.min(ENTRIES_MAX);
    for entry in 0..usize::from(entries) {
        let at = directory.checked_add(2 + entry * 12)?;
        if (short(at)?, short(at.checked_add(2)?)?) == (ORIENTATION, SHORT) {
            let value = u8::try_from(short(at.checked_add(8)?)?).ok()?;
            return (2..=8).contains(&value).then_some(value);
        }
    }
    None
}

/// TIFF data that says the orientation and nothing else.
pub(super) fn write(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2A\0\0\0\x08\0\x01".to_vec();
    tiff.extend(ORIENTATION.to_be_bytes());
    tiff.extend(SHORT.to_be_bytes());
    tiff.extend([0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    tiff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for orientation in 2..=8 {
            assert_eq!(read(&write(orientation)), Some(orientation));
        }
        assert_eq!(read(&write(1)), None, "upright needs no word");
        assert_eq!(read(&write(9)), None);
    }

    #[test]
    fn little_endian_is_read_and_rubbish_is_not() {
        let little = b"II\x2A\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        assert_eq!(read(little), Some(6));
        for cut in 0..little.len() - 6 {
            read(&little[..cut]);
        }
        assert_eq!(read(b"II\x2A\0\xFF\xFF\xFF\xFF\xFF\xFF"), None);
        assert_eq!(read(b"<script>alert(1)</script>"), None);
    }
}
