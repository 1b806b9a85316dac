//! What is read to somebody before they answer.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use serde::Serialize;

use crate::{
    app::{
        self,
        consent_texts::{Issued, Wording},
    },
    domain::reference::{LanguageTag, consent_texts::ConsentTopic},
    http::{Service, extract::Path, reply::Answer},
};

/// A version of a text that is read out.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ConsentText)]
pub(super) struct Text {
    /// What it asks for.
    code: ConsentTopic,
    /// Its version, as a consent names it.
    #[schema(examples("C-1.1"))]
    version: String,
    /// From when on it is read out.
    issued_on: NaiveDate,
    /// The languages it was issued in (BCP 47).
    languages: Vec<String>,
    /// Whether it is the one that is read out now; an earlier one stays valid.
    current: bool,
}

impl From<Issued> for Text {
    fn from(Issued { text, is_current }: Issued) -> Self {
        Self {
            code: text.topic,
            version: text.version,
            issued_on: text.issued_on,
            languages: text.wording.into_keys().map(LanguageTag::into).collect(),
            current: is_current,
        }
    }
}

/// List the texts that are read out before somebody consents
///
/// A consent names a version that was issued in its language or, where an interpreter reads it, in Japanese or English.
#[utoipa::path(get, path = "/v1/consent-texts", tag = "field", responses((status = 200, body = Vec<Text>)))]
pub(super) async fn list(State(service): State<Service>) -> Answer<Json<Vec<Text>>> {
    Ok(Json(app::consent_texts::list(&service.ctx).into_iter().map(Text::from).collect()))
}

/// A text in one language, to be read out or shown.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ConsentWording)]
pub(super) struct Words {
    /// What it asks for.
    code: ConsentTopic,
    /// Its version, as a consent names it.
    version: String,
    /// The language (BCP 47).
    language: String,
    /// The words; what stands in double braces is filled in.
    text: String,
    /// What is filled in, in the order in which it is read.
    fields: Vec<String>,
}

impl From<Wording> for Words {
    fn from(Wording { topic, version, language, words, fields }: Wording) -> Self {
        Self { code: topic, version, language, text: words, fields }
    }
}

/// Show a text in one language
#[utoipa::path(get, path = "/v1/consent-texts/{version}/{language}", tag = "field",
    params(("version" = String, Path), ("language" = String, Path)), responses((status = 200, body = Words)))]
pub(super) async fn show(
    State(service): State<Service>,
    Path((version, language)): Path<(String, String)>,
) -> Answer<Json<Words>> {
    Ok(Json(app::consent_texts::find(&service.ctx, &version, &language)?.into()))
}
