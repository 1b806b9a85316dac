//! The endpoints, one file a resource.

mod me;
mod tokens;

use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Service, openapi::Base};

/// Every endpoint of the API.
pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(me::show))
        .routes(routes!(tokens::issue, tokens::list))
        .routes(routes!(tokens::revoke))
}
