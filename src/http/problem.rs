//! Problems (RFC 9457): one shape for every refusal, with a stable `type` and the offending fields.

use std::borrow::Cow;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{
    app,
    domain::{
        fitness::Reason,
        payments::PaymentDoubt,
        refusal::{FieldError, FitnessRefused, MoneyRefused, Refusal, Refused},
        reviews::DecisionDoubt,
    },
};

/// Why a request was not carried out (RFC 9457). Nothing was changed.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Problem {
    /// Stable name of the kind of problem, as in `urn:kaketsuke:problem:invalid`.
    #[serde(rename = "type")]
    #[schema(rename = "type", format = "uri", value_type = String)]
    kind: Box<str>,
    /// The kind of problem, in words.
    title: Cow<'static, str>,
    /// The status of the answer.
    status: u16,
    /// What is wrong here and what would be right.
    #[schema(value_type = String)]
    detail: Box<str>,
    /// The rule of the domain behind it, where there is one, as in `S-04`.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    /// What a person may pass over by naming it: in `confirmation` who is sent (G-17), in `confirm` a payment (G-07) or a
    /// decision about a bill (Y-11).
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<Confirmable>)]
    confirm: Box<[Confirmable]>,
    /// The fields that cannot be accepted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Field>,
}

/// Something that a person may pass over.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub(crate) enum Confirmable {
    /// What is in the way of sending somebody.
    Fitness(Reason),
    /// What is doubtful about a payment.
    Payment(PaymentDoubt),
    /// What is doubtful about a decision.
    Decision(DecisionDoubt),
}

/// One field that cannot be accepted.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct Field {
    /// Its path in the request, as in `parts[0].quantity`.
    field: String,
    /// What is wrong with it and what would be right.
    message: String,
}

impl Problem {
    /// A problem of a kind named `code`.
    pub(super) fn new(
        status: StatusCode,
        code: &str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            kind: format!("urn:kaketsuke:problem:{code}").into(),
            title: Cow::Borrowed(title),
            status: status.as_u16(),
            detail: detail.into().into(),
            rule: None,
            confirm: Box::default(),
            errors: Vec::new(),
        }
    }

    /// A request that cannot be read, naming the part of it that is wrong.
    pub(super) fn unreadable(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut problem = Self::new(
            StatusCode::BAD_REQUEST,
            "unreadable",
            "The request cannot be read",
            format!("{field}: {message}"),
        );
        problem.errors.push(Field { field: field.to_owned(), message });
        problem
    }

    /// Fields that cannot be accepted.
    pub(super) fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = Refusal::Invalid(errors.clone()).to_string();
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "A field cannot be accepted", detail);
        problem.errors =
            errors.into_iter().map(|FieldError { field, message }| Field { field, message }).collect();
        problem
    }

    /// No token, or one that does not count.
    pub(super) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "Who is asking is not known",
            "send a valid token as 'Authorization: Bearer …'",
        )
    }

    /// The role may not do this.
    pub(super) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "This role may not do this",
            "the token's role has no access to this endpoint",
        )
    }

    /// Whoever is suspended may not do this (G-10).
    pub(super) fn suspended() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "suspended",
            "Whoever is suspended may not do this",
            "the token reaches the jobs in hand, and takes reports of earlier ones, until the office ends the suspension",
        )
    }

    /// There is no such thing, or it is not the caller's to see.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing", format!("no such {what}"))
    }

    /// The service cannot take the request now.
    pub(super) fn overloaded() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "The service is overloaded",
            "nothing was changed; send the same request again shortly, with the same Idempotency-Key",
        )
    }

    /// The database is away.
    pub(super) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "The database does not answer",
            "nothing was changed; send the same request again shortly, with the same Idempotency-Key",
        )
    }

    /// There is no room to write anything down.
    pub(super) fn disk_full() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "disk-full",
            "The disk of the database is full",
            "nothing was changed; tell the operator to make room, then send the same request again, with the same \
             Idempotency-Key",
        )
    }

    /// What should have been done is late.
    pub(super) fn late(detail: String) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "late", "What is due is not done", detail)
    }

    /// The body came too slowly, or its form took too long.
    pub(super) fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "The request took too long to come",
            "nothing was changed; send the whole request at once",
        )
    }

    /// The answer took too long. What was begun is finished all the same.
    pub(super) fn timed_out() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "timed-out",
            "The answer took too long",
            "what was begun is finished all the same: send the same request again, with the same Idempotency-Key",
        )
    }

    /// A defect or an outage; the cause goes to the log only.
    pub(super) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The service failed",
            "nothing was changed; the failure is in the log under this request's X-Request-Id",
        )
    }

    /// The same, told in other words.
    #[cfg(feature = "console")]
    pub(super) fn titled(self, title: String) -> Self {
        Self { title: Cow::Owned(title), ..self }
    }

    /// Its code, as in `invalid`.
    #[cfg(feature = "console")]
    pub(super) fn code(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }

    /// What is wrong here and what would be right.
    #[cfg(feature = "console")]
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    fn state(refused: &Refused) -> Self {
        let (code, detail) = (refused.code().replace('_', "-"), refused.to_string());
        let problem = Self::new(StatusCode::CONFLICT, &code, "The state does not allow it", detail);
        let confirm: Box<[Confirmable]> = match refused {
            Refused::Fitness(FitnessRefused::Unconfirmed(all)) => {
                all.iter().map(|one| Confirmable::Fitness(one.reason)).collect()
            }
            Refused::Money(MoneyRefused::PaymentForNothing) => {
                Box::new([Confirmable::Payment(PaymentDoubt::NothingOwed)])
            }
            Refused::Money(MoneyRefused::PaymentOverpaid(_)) => {
                Box::new([Confirmable::Payment(PaymentDoubt::Overpaid)])
            }
            Refused::Money(MoneyRefused::PaymentRepeated) => {
                Box::new([Confirmable::Payment(PaymentDoubt::Repeated)])
            }
            Refused::Money(MoneyRefused::CoolingOffOver(_)) => {
                Box::new([Confirmable::Decision(DecisionDoubt::CoolingOffOver)])
            }
            _ => Box::default(),
        };
        Self { rule: refused.rule(), confirm, ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = if self.kind.ends_with(":disk-full") { "30" } else { "1" };
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        // For whoever shows it otherwise, as the pages do.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(errors) => Self::invalid(errors),
            Refusal::State(refused) => Self::state(&refused),
        }
    }
}

impl From<app::Error> for Problem {
    fn from(error: app::Error) -> Self {
        match error {
            app::Error::Refused(refusal) => refusal.into(),
            app::Error::NotFound(what) => Self::not_found(what),
            app::Error::VersionMismatch { .. } => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "version-mismatch",
                "It has changed meanwhile",
                format!("{error}; read it again and decide anew"),
            ),
            app::Error::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key-reused",
                "The key stands for another request",
                "this Idempotency-Key was used for another request; make a new one for each request",
            ),
            app::Error::Unavailable | app::Error::DiskFull => {
                tracing::error!(error = &error as &dyn std::error::Error, "request failed");
                if matches!(error, app::Error::DiskFull) { Self::disk_full() } else { Self::unavailable() }
            }
            app::Error::Overloaded | app::Error::TimedOut | app::Error::Conflict => Self::overloaded(),
            app::Error::Store(_) | app::Error::Internal(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "request failed");
                Self::internal()
            }
        }
    }
}
