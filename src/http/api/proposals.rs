//! What firms say of their staff, and what the office makes of it.

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, proposals::Beside},
    domain::{
        firms::Technician,
        ids::TechnicianProposalId,
        proposals::{ProposalRefusal, ProposalState, TechnicianProposal, Verdict},
        refusal::Refusal,
    },
    http::{
        Service,
        extract::{Caller, Path, Query, Submit},
        headers::Key,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery},
    },
};

/// Which proposals.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ProposalQuery {
    /// Only proposals in this state.
    #[garde(skip)]
    state: Option<ProposalState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// A proposal beside the technician as the service knows them.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ListedProposal {
    /// The proposal.
    #[serde(flatten)]
    proposal: TechnicianProposal,
    /// The technician now: where a field stands in both, this is what the proposal would change.
    technician: Technician,
    /// Name of the firm.
    firm_name: String,
}

impl From<Beside> for ListedProposal {
    fn from(beside: Beside) -> Self {
        Self { proposal: beside.proposal, technician: beside.technician, firm_name: beside.firm }
    }
}

/// List what firms have said of their staff
///
/// Of a firm, its own. What waits stands with its technician as `proposed`, for whoever sees them; nobody is sent by it (G-10).
#[utoipa::path(get, path = "/v1/technician-proposals", tag = "firms", params(ProposalQuery),
    responses((status = 200, body = Page<ListedProposal>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Query(query): Query<ProposalQuery>,
) -> Answer<Json<Page<ListedProposal>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let found = app::proposals::list(&service.ctx, &actor, query.state, page.after(), page.fetch()).await?;
    let listed: Vec<_> = found.into_iter().map(ListedProposal::from).collect();
    Ok(Json(Page::new(&page, listed, |one| one.proposal.id.0)))
}

/// What becomes of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum ProposalOutcome {
    /// All of it is right.
    Confirmed,
    /// None of it counts.
    Refused,
}

/// What the office decides.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProposalDecision {
    /// Whether it is right.
    #[garde(skip)]
    outcome: ProposalOutcome,
    /// Why it is refused; only then.
    #[garde(skip)]
    reason: Option<ProposalRefusal>,
}

impl ProposalDecision {
    fn verdict(&self) -> Result<Verdict, Refusal> {
        match (self.outcome, self.reason) {
            (ProposalOutcome::Confirmed, None) => Ok(Verdict::Confirm),
            (ProposalOutcome::Refused, Some(reason)) => Ok(Verdict::Refuse(reason)),
            (ProposalOutcome::Confirmed, Some(_)) => Err(Refusal::field("reason", "only a refusal has one")),
            (ProposalOutcome::Refused, None) => Err(Refusal::field("reason", "say why it is refused")),
        }
    }
}

/// Confirm or refuse what a firm has said of a technician
///
/// As a whole, and as it was made: when the firm has said something else meanwhile, that is another proposal.
#[utoipa::path(post, path = "/v1/technician-proposals/{id}/decision", tag = "firms",
    params(("id" = TechnicianProposalId, Path), Key), request_body = ProposalDecision,
    responses((status = 200, body = TechnicianProposal)))]
pub(super) async fn decide(
    State(service): State<Service>,
    Path(id): Path<TechnicianProposalId>,
    Submit(command): Submit<ProposalDecision>,
) -> Answer<Json<TechnicianProposal>> {
    let verdict = command.body.verdict().map_err(app::Error::from)?;
    Ok(Json(app::technicians::decide(&service.ctx, id, command.map(|_| verdict)).await?))
}
