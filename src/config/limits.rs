//! What limits requests and connections, as the operator sets it.

use std::ops::RangeInclusive;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

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

/// The limits with as many connections as this process may open files for (`files`), and what to tell the operator where
/// that is fewer than was set.
pub(super) fn within_files(
    limits: Limits,
    database_connections: u32,
    files: u64,
) -> (Limits, Option<String>) {
    let others = u64::from(database_connections) * 2 + OTHER_FILES;
    let room = usize::try_from(files.saturating_sub(others)).unwrap_or(usize::MAX);
    if limits.connections_max <= room {
        return (limits, None);
    }
    let connections_max = room.max(*CONNECTIONS_MAX.start() as usize);
    let warning = format!(
        "connections_max: this process may open {files} files, of which {others} are for other things: it takes \
         {connections_max} connections at once and not {}; raise the limit (ulimit -Hn, LimitNOFILE=) or lower \
         connections_max",
        limits.connections_max
    );
    (Limits { connections_max, ..limits }, Some(warning))
}

/// How many files this process may open.
pub(super) fn files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// Lets this process open as many files as the system allows it. Where that fails, it is kept to what it may.
pub fn raise_files() {
    let most = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: most, maximum: most }).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_fewer_connections_than_files() {
        let limits = Limits { connections_max: 800, ..Limits::default() };
        for (files, database, kept) in
            [(1024, 8, 800), (u64::MAX, 8, 800), (256, 8, 176), (1024, 80, 800), (1024, 100, 760), (64, 8, 8)]
        {
            let (limits, told) = within_files(limits, database, files);
            assert_eq!((limits.connections_max, told.is_some()), (kept, kept != 800), "{files} {database}");
        }
    }

    #[test]
    fn the_limit_is_raised_to_what_the_system_allows() {
        raise_files();
        let now = getrlimit(Resource::Nofile);
        assert_eq!(now.current, now.maximum);
    }
}
