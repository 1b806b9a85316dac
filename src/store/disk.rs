//! How much room is left on a disk.

use std::{io, path::Path};

/// Bytes that can still be written where a file or folder lies.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}
