//! What the service says it has asked of its database, by route.

use super::server::TestServer;

/// Statements and transactions of every request to a route so far.
pub(crate) async fn so_far(server: &TestServer, route: &str) -> [u32; 2] {
    let figures = server.with(None).get("/metrics").await.expect(200);
    let figures = figures.as_str().unwrap();
    ["statements", "transactions"].map(|what| {
        let sum = format!("kaketsuke_http_request_{what}_sum{{method=\"GET\",route=\"{route}\"}} ");
        let found = figures.lines().find_map(|line| line.strip_prefix(&sum));
        found.map_or(0, |count| count.strip_suffix(".0").unwrap_or(count).parse().unwrap())
    })
}
