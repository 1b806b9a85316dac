//! Request headers, as the API's description shows them. Parsed in `extract`.

/// Makes a repetition harmless: same key and same request, same answer.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "read by the description of the API only")]
pub(super) struct Key {
    /// Made by the caller, new for each request, the same for each repetition of it.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    idempotency_key: String,
}

/// The version the caller has seen.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "read by the description of the API only")]
pub(super) struct Seen {
    /// The ETag of the version that was read, as in `"3"`.
    #[param(rename = "If-Match", pattern = "^\"[0-9]{1,18}\"$")]
    if_match: String,
}

/// The version the caller has seen, where there is one.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "read by the description of the API only")]
pub(super) struct SeenIfAny {
    /// The ETag of the version that was read, as in `"3"`; left out for the first one.
    #[param(rename = "If-Match", pattern = "^\"[0-9]{1,18}\"$", required = false)]
    if_match: Option<String>,
}
