//! What limits requests and connections, as the operator sets it.

use std::ops::RangeInclusive;

use super::{Key, Reader};
use crate::http::Limits;

/// From what the smallest commands need to what one node can hold in memory for every request at once.
const BODY_BYTES_MAX: RangeInclusive<u32> = 4096..=64 * 1024 * 1024;
const REQUESTS_MAX: RangeInclusive<u32> = 1..=65_536;
const REQUEST_TIMEOUT_S: RangeInclusive<u32> = 1..=600;
const CONNECTIONS_MAX: RangeInclusive<u32> = 8..=65_536;
const HEADER_TIMEOUT_S: RangeInclusive<u32> = 1..=120;
/// Longer than the silence after which whoever listens to changes is sent a sign of life.
const KEEP_ALIVE_S: RangeInclusive<u32> = 20..=3600;
const READY_LATE_S: RangeInclusive<u32> = 1..=3_600;
/// Files that are open besides connections: of the database, of pictures, of this program.
const OTHER_FILES: u64 = 64;

/// Reads and checks the limits.
pub(super) fn read(reader: &mut Reader) -> Option<Limits> {
    let body_bytes_max = reader.whole(Key::BodyBytesMax, &BODY_BYTES_MAX);
    let requests_max = reader.whole(Key::RequestsMax, &REQUESTS_MAX);
    let request_timeout = reader.seconds(Key::RequestTimeoutS, &REQUEST_TIMEOUT_S);
    let late_max = reader.seconds(Key::ReadyLateS, &READY_LATE_S);
    let connections_max = reader.whole(Key::ConnectionsMax, &CONNECTIONS_MAX);
    let header_timeout = reader.seconds(Key::HeaderTimeoutS, &HEADER_TIMEOUT_S);
    let keep_alive = reader.seconds(Key::KeepAliveS, &KEEP_ALIVE_S);
    Some(Limits {
        body_bytes_max: body_bytes_max? as usize,
        requests_max: requests_max? as usize,
        request_timeout: request_timeout?,
        late_max: late_max?,
        connections_max: connections_max? as usize,
        header_timeout: header_timeout?,
        keep_alive: keep_alive?,
        ..Limits::default()
    })
}

/// What to tell the operator about them; `files` is how many files this process may open, where that is known.
pub(super) fn warnings(limits: &Limits, database_connections: u32, files: Option<u64>) -> Vec<String> {
    let needed = limits.connections_max as u64 + u64::from(database_connections) * 2 + OTHER_FILES;
    let short = files.filter(|files| *files < needed);
    let warning = |files: u64| {
        format!(
            "connections_max: {} connections need {needed} open files, and this process may open {files}; raise the \
             limit (ulimit -n, LimitNOFILE=) or lower connections_max",
            limits.connections_max
        )
    };
    short.map(warning).into_iter().collect()
}

/// How many files this process may open; none where the system does not say.
pub(super) fn files() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_connections_than_files_are_warned_of() {
        let limits = Limits { connections_max: 800, ..Limits::default() };
        assert!(warnings(&limits, 8, Some(1024)).is_empty());
        assert!(warnings(&limits, 8, None).is_empty());
        assert_eq!(warnings(&limits, 8, Some(256)).len(), 1);
        assert_eq!(warnings(&limits, 500, Some(1024)).len(), 1, "880 and 1,000 of the database");
    }
}
