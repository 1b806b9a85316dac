//! Blocked pairs: who is not sent to a resident any more.

use axum::{Json, extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app::{self, Command},
    domain::{
        blocks::{Block, BlockReason, Blocked},
        ids::{BlockId, FirmId, TechnicianId},
        phone::Phone,
    },
    http::{
        Service,
        extract::{Caller, IfMatch, Path, Query, Submit},
        headers::{Key, Seen},
        problem::Problem,
        reply::{Answer, Page, PageQuery, Versioned},
    },
};

/// A pair to be kept apart: a firm or a technician, and a resident.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBlock {
    /// The firm, when nobody of it may come.
    #[garde(skip)]
    firm_id: Option<FirmId>,
    /// The technician, when only he may not come.
    #[garde(skip)]
    technician_id: Option<TechnicianId>,
    /// The resident's telephone number, as in the cases.
    #[garde(skip)]
    phone: Phone,
    /// Why.
    #[garde(skip)]
    reason: BlockReason,
}

/// Keep a firm or technician away from a resident
#[utoipa::path(post, path = "/v1/blocks", tag = "firms", params(Key), request_body = NewBlock,
    responses((status = 201, body = Block, headers(("ETag" = String)))))]
pub(super) async fn make(
    State(service): State<Service>,
    Submit(command): Submit<NewBlock>,
) -> Answer<Versioned<Block>> {
    let blocked = Blocked::one_of(command.body.firm_id, command.body.technician_id);
    let blocked = blocked.map_err(Problem::from)?;
    let command = command.map(|body| app::blocks::New { blocked, phone: body.phone, reason: body.reason });
    let block = app::blocks::make(&service.ctx, command).await?;
    Ok(Versioned(StatusCode::CREATED, block.version, block))
}

/// List blocked pairs, the ended ones too
#[utoipa::path(get, path = "/v1/blocks", tag = "firms", params(PageQuery),
    responses((status = 200, body = Page<Block>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Block>>> {
    let blocks = app::blocks::list(&service.ctx, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, blocks, |block| block.id.0)))
}

/// End a block
///
/// The pair may meet again from now on; the record stays.
#[utoipa::path(delete, path = "/v1/blocks/{id}", tag = "firms", params(("id" = BlockId, Path), Seen),
    responses((status = 200, body = Block, headers(("ETag" = String)))))]
pub(super) async fn end(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<BlockId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<Block>> {
    let block = app::blocks::end(&service.ctx, version, Command::new(actor, id)).await?;
    Ok(Versioned(StatusCode::OK, block.version, block))
}
